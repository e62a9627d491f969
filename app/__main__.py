"""`banqup-exact` and `python -m app`."""

import importlib
import sys

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


def main() -> None:
    """Run the command; Ctrl-C ends it in one line, even in the second that its imports take."""
    try:
        status: int = importlib.import_module("app.cli").run()
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted.\n")
        status = INTERRUPTED
    sys.exit(status)


if __name__ == "__main__":
    main()
