"""Convert one very large document and print the most memory that this process had, in MB."""

from datetime import date
from pathlib import Path

from app.banqup.schemas import Document
from app.convert import File, convert
from benchmarks import peppol_cases as cases


def peak_mb() -> int:
    """VmHWM of this program (Linux); getrusage would count the process that started it as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024


def main() -> None:
    document = Document.model_validate_json(cases.banqup(10_000))
    pdf = File("1", "PDF", "invoice.pdf", "application/pdf", bytes(range(256)) * 20_000)
    convert(document, [pdf], on=date(2026, 6, 1))
    print(peak_mb())


if __name__ == "__main__":
    main()
