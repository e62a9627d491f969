"""The error that ends the demo."""


class DemoError(Exception):
    """The demo cannot continue; the text says why."""
