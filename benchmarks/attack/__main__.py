"""Attack a running service: `python -m benchmarks.attack [name …]` ends with status 0 only if everything held."""

import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks.attack.campaign import run


def main() -> int:
    """Run the campaign in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="banqup-exact-attack-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # the user of Postgres must reach it
        (folder / "postgres").mkdir()
        report = asyncio.run(run(folder, only=sys.argv[1:]))
    print("everything held" if report.held else "something did not hold")
    return 0 if report.held else 1


if __name__ == "__main__":
    sys.exit(main())
