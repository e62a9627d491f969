"""Files embedded in the document."""

from base64 import b64decode
from binascii import Error

from app.peppol.readers.source import Source


def content(embedded: Source) -> bytes | None:
    """Return BT-125 and mark it as read; anything but Base64 stays unread, and so is a loss."""
    try:
        found = b64decode("".join(embedded.value.split()), validate=True)
    except (Error, ValueError):
        return None
    embedded.text()
    return found or None
