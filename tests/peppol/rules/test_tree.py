"""Documents share places, even when validated concurrently."""

from app.peppol.rules.tree import INVOICE, ROOTS


def test_two_threads_that_create_a_place_share_it() -> None:
    root, never_seen = ROOTS[INVOICE], "{urn:x}NeverSeen"

    assert root.step(never_seen) is root.step(never_seen)
