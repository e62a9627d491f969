"""What an attack ends with: a line that says what held, or `Breached`."""


class Breached(Exception):
    """An attack succeeded; the text says how."""


def expect(held: bool, breach: str) -> None:
    """Raise `Breached` unless the service held."""
    if not held:
        raise Breached(breach)
