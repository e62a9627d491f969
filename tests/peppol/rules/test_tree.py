"""Places are shared by all documents, also by those that are judged at the same time."""

from app.peppol.rules.tree import INVOICE, ROOTS


def test_a_place_that_two_threads_come_to_at_once_is_one() -> None:
    root, never_seen = ROOTS[INVOICE], "{urn:x}NeverSeen"

    assert root.step(never_seen) is root.step(never_seen)
