"""The demo's processes end with it, whenever it is told to end."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.demo import processes as module
from sandbox.demo.processes import processes


def test_ctrl_c_while_a_process_is_being_started_ends_that_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def start_and_press(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(start(*arguments, **options))
        os.kill(os.getpid(), signal.SIGINT)
        return started[0]

    monkeypatch.setattr(module, "COMMAND", Path("/bin/sleep"))
    monkeypatch.setattr(subprocess, "Popen", start_and_press)
    with pytest.raises(KeyboardInterrupt), processes() as running:
        running.start("600", settings={})

    assert started[0].poll() == -signal.SIGTERM
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
