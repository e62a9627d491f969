"""The entry point of the sandbox's commands."""

import importlib
import sys
from typing import NoReturn

import click

_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


def run(module: str, *, name: str) -> NoReturn:
    """Run the `main` of this module under this name; Ctrl-C ends it in one line, even while it is being imported."""
    try:
        status = importlib.import_module(module).main(prog_name=name, standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("\nInterrupted.\n")
        status = _INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    sys.exit(status)
