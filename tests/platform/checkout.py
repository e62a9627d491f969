"""A project of four made-up packages that is set up by the real Makefile."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import pip

from tests.platform.made_up_index import LOCKED, Index, lock, wheel, wheel_name

ROOT = Path(__file__).parents[2]
PYTHON = Path(sys.executable).resolve()
TOOLS = ("make", "sh", "cat", "cksum", "dirname", "env", "grep", "ls", "mkdir", "rm", "xargs")
PROJECT = "the_project"
PYPROJECT = """[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = f"""import shutil


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    shutil.copy("{wheel_name(PROJECT, LOCKED)}", wheel_directory)
    return "{wheel_name(PROJECT, LOCKED)}"
"""


@dataclass
class Checkout:
    """The project, and a machine that has only some tools."""

    folder: Path
    tools: Path
    index: Index
    path: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": self.path or str(self.tools),
            "HOME": str(self.folder),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.index.url,
            "PIP_NO_CACHE_DIR": "1",
        }

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("make", "--no-print-directory", *arguments)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )

    def set_up(self, *arguments: str) -> str:
        """Run `make setup`, which must succeed, and return what it printed."""
        outcome = self.make("setup", *arguments)
        assert outcome.returncode == 0, outcome.stderr
        return outcome.stdout

    def set_up_until_killed(self) -> None:
        """Kill `make setup` while the index holds back a file that it asked for."""
        with subprocess.Popen(
            ["make", "setup"], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True
        ) as setup:
            assert self.index.asked_for.wait(timeout=120)
            os.killpg(setup.pid, signal.SIGKILL)

    def installed(self) -> dict[str, str]:
        """Name every package in .venv/, without pip and what ensurepip brings beside it, with its release."""
        found = distributions(path=[str(self.packages)])
        return {each.name: each.version for each in found if each.name not in {"pip", "setuptools"}}

    @property
    def borrowed(self) -> Path:
        """Where pip lies for environments that are made without it."""
        return self.folder.with_name("borrowed")

    @property
    def packages(self) -> Path:
        (packages,) = (self.folder / ".venv" / "lib").glob("python*/site-packages")
        return packages

    def add_python(self, name: str) -> Path:
        """Put the Python of this test run on PATH under this name, with a quick `-m venv` that borrows pip."""
        link = f"""echo {self.borrowed} >"$(echo "$4"/lib/python*/site-packages)/pip.pth\""""
        return self.write_tool(
            name,
            f"""\
[ "$1 $2" = "-m venv" ] || exec {PYTHON} "$@"
{PYTHON} "$@" --without-pip && {link}""",
        )

    def write_tool(self, name: str, script: str) -> Path:
        tool = self.tools / name
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
        return tool


def laid(folder: Path, index: Index) -> Checkout:
    """Lay out the project, with every made-up package in its lock and no Python on PATH."""
    checkout = Checkout(folder / "project", folder / "tools", index)
    (checkout.folder / "requirements").mkdir(parents=True)
    for file in ("Makefile", "requirements/venv.sh"):
        shutil.copy(ROOT / file, checkout.folder / file)
    (checkout.folder / "requirements" / "development.txt").write_text(lock(index, "alpha", "beta", "gamma", "delta"))
    (checkout.folder / "pyproject.toml").write_text(PYPROJECT)
    (checkout.folder / "backend.py").write_text(BACKEND)
    (checkout.folder / wheel_name(PROJECT, LOCKED)).write_bytes(wheel(PROJECT, LOCKED, ["alpha"]))
    checkout.borrowed.mkdir()
    checkout.borrowed.joinpath("pip").symlink_to(Path(str(pip.__file__)).parent)
    checkout.tools.mkdir()
    for tool in TOOLS:
        checkout.tools.joinpath(tool).symlink_to(str(shutil.which(tool)))
    return checkout
