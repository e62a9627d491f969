"""Convert one very large document and print the most memory that the process had, in MB."""

import resource
from datetime import date

from app.banqup.schemas import Document
from app.convert import File, convert
from benchmarks import peppol_cases as cases


def main() -> None:
    document = Document.model_validate_json(cases.banqup(10_000))
    pdf = File("1", "PDF", "invoice.pdf", "application/pdf", bytes(range(256)) * 20_000)
    convert(document, [pdf], on=date(2026, 6, 1))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    main()
