"""The README's calls, pasted into a shell beside a running demo."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text()
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def block() -> list[str]:
    """The lines of the README's shell block that calls the API."""
    [found] = [text for text in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if "call()" in text]
    return [line for line in found.splitlines() if line]


def read_until(stream: IO[str], pattern: str) -> str:
    text = ""
    for line in stream:
        text += line
        if re.search(pattern, line):
            return text
    raise AssertionError(f"the demo ended without {pattern}:\n{text}")


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[IO[str], str]]:
    """The output of a demo that stays, and the shell variables that it prints."""
    with subprocess.Popen([sys.executable, "-m", "sandbox.demo"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        text = read_until(process.stdout, "Ctrl-C ends everything")
        yield process.stdout, "\n".join(re.findall(r"^[A-Z]+=\S+$", text, re.MULTILINE))
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def answers(variables: str) -> dict[str, Any]:
    """What each line of the block answers, by the line."""
    define, *calls = block()
    found = {}
    for line in calls:
        outcome = subprocess.run(
            ["sh", "-c", f"{variables}\n{define}\n{line}"], capture_output=True, text=True, check=True
        )
        found[line] = json.loads(outcome.stdout)
    return found


def test_every_call_of_the_readme_does_what_is_written_beside_it(demo: tuple[IO[str], str]) -> None:
    output, variables = demo
    by_line = answers(variables)
    [resent] = [answer for line, answer in by_line.items() if "/exports/resend" in line]
    [refused] = [answer for line, answer in by_line.items() if "-X PUT" in line]
    [failed] = [answer for line, answer in by_line.items() if "status=error" in line]
    assert resent == {"count": 1}
    assert refused["status"] == 409
    assert {export["document"]["number"] for export in failed["exports"]} == {"ADW-26-1190", "VD-2026-12064"}
    assert all("status" not in answer for answer in by_line.values() if answer is not refused), "a problem was answered"
    shown = read_until(output, r"VD-2026-12064 .*ready to process: number 5 in Exact")
    assert "sent again by the partner" in shown
