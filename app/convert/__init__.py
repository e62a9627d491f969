"""Convert what Banqup holds to valid Peppol BIS Billing 3.0. Pure: files and data in, bytes and findings out.

- `convert(document, files, on=...)`: the UBL with its summary, losses and warnings, or `Unconvertible`
- `readable(document, files)`: what a person can read of a document that is not converted
- `app.convert.banqup`: Banqup's JSON as the EN 16931 model
- `app.convert.foreign`: UBL and CII of other makings, also inside a PDF or an envelope
- `app.convert.supplement`: what Peppol demands and a source may leave out
"""

from app.convert.conversion import Cause, Conversion, File, Readable, Summary, Unconvertible
from app.convert.documents import convert
from app.convert.readable import readable
from app.peppol.grade import Grade

__all__ = ["Cause", "Conversion", "File", "Grade", "Readable", "Summary", "Unconvertible", "convert", "readable"]
