"""`make faults SEED=n`: every fault at five in a hundred, processes that die, and what must hold at the end.

Exit status 0 only when every document lies in the right company exactly once and unaltered, or in a state that says
why and who must act; without duplicates, error blocks, calls over a limit, or a dead chain without a reason.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path

from app import log
from benchmarks.faults.campaign import Size
from benchmarks.faults.running import run


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    for name in ("documents", "companies", "connections", "freezes", "seconds"):
        arguments.add_argument(f"--{name}", type=int, default=getattr(Size, name))
    arguments.add_argument("--chance", type=float, default=Size.chance)
    arguments.add_argument("--keep-logs", type=Path)
    options = vars(arguments.parse_args())
    log.configure(level="ERROR", console=True)
    seed, logs = options.pop("seed"), options.pop("keep_logs")
    with tempfile.TemporaryDirectory(prefix="banqup-exact-faults-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        try:
            good = asyncio.run(run(folder, Size(**options), seed))
        finally:
            for written in folder.glob("*.log") if logs else ():
                shutil.copy(written, logs / written.name)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
