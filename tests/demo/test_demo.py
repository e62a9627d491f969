"""The demo as a newcomer runs it: one process that starts and ends all others."""

import re
import signal
import subprocess
import sys
from pathlib import Path

SECONDS = 120


def left_behind(folder: str) -> list[str]:
    """Processes that still name or use the demo's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            if folder in command or str((process / "cwd").readlink()).startswith(folder):
                found.append(command)
        except OSError:  # it has ended meanwhile
            continue
    return found


def test_everything_arrives_once_and_nothing_is_left_behind() -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "sandbox.demo", "--once"], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "Everything arrived exactly as it should" in outcome.stdout
    folder = Path(re.search(r"log: (\S+)/service\.log", outcome.stdout).group(1))  # type: ignore[union-attr]
    assert not folder.exists()
    assert left_behind(str(folder)) == []


def test_an_end_in_the_middle_of_the_start_leaves_nothing_behind() -> None:
    demo = subprocess.Popen([sys.executable, "-m", "sandbox.demo"], stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    with demo.stdout:
        folder = next(line for line in demo.stdout if "log:" in line).split()[1].removesuffix("/service.log")
        demo.send_signal(signal.SIGTERM)
        assert "Ended." in demo.stdout.read()
    assert demo.wait(timeout=SECONDS) == 0
    assert left_behind(folder) == []
    assert not Path(folder).exists()
