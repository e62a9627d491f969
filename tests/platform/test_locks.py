"""The lock files are complete: pip has nothing to resolve, whatever a package requires on whichever Python."""

import itertools
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
LOCAL: list[str] = PROJECT["project"]["optional-dependencies"]["local"]
BUILD: list[str] = PROJECT["dependency-groups"]["build"]
DEV: list[str] = [each for each in PROJECT["dependency-groups"]["dev"] if isinstance(each, str)]
ROOTS = {"production": RUNTIME, "development": [*RUNTIME, *LOCAL, *BUILD, *DEV], "build": BUILD}

INSTALLED = {canonicalize_name(each.name): each for each in distributions()}
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
PLATFORMS = [("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt")]

Environment = dict[str, str]


def environments() -> Iterator[Environment]:
    here = {name: str(value) for name, value in default_environment().items()}
    for version, (sys_platform, system, os_name) in itertools.product(PYTHONS, PLATFORMS):
        python = {"python_version": version, "python_full_version": f"{version}.0"}
        yield here | python | {"sys_platform": sys_platform, "platform_system": system, "os_name": os_name}


def applies(requirement: Requirement, environment: Environment, *, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment | {"extra": extra})


def pins(lock: str) -> dict[NormalizedName, Requirement]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    found = [Requirement(line) for line in re.findall(r"^\S+==[^\\\n]+", text, re.MULTILINE)]
    return {canonicalize_name(each.name): each for each in found}


def required(lock: str, environment: Environment) -> Iterator[Requirement]:
    """Walk from the project's requirements to those of each package, with the extras that are asked for."""
    waiting = [each for root in ROOTS[lock] if applies(each := Requirement(root), environment)]
    walked: set[tuple[NormalizedName, str]] = set()
    while waiting:
        requirement = waiting.pop()
        yield requirement
        name = canonicalize_name(requirement.name)
        for extra in ["", *requirement.extras]:
            if (name, extra) not in walked:
                waiting += requirements_of(name, environment, extra=extra)
                walked.add((name, extra))


def requirements_of(name: NormalizedName, environment: Environment, *, extra: str) -> list[Requirement]:
    """Read what the installed package states; one that is not for this platform is not installed and states nothing."""
    stated = INSTALLED[name].requires if name in INSTALLED else []
    return [each for text in stated or [] if applies(each := Requirement(text), environment, extra=extra)]


@pytest.mark.parametrize("lock", ROOTS)
def test_every_requirement_of_every_package_is_locked(lock: str) -> None:
    locked = pins(lock)
    for environment in environments():
        for requirement in required(lock, environment):
            pin = locked.get(canonicalize_name(requirement.name))
            where = f"Python {environment['python_version']} on {environment['sys_platform']}"
            assert pin, f"{requirement} is not locked for {where}"
            assert applies(pin, environment), f"{requirement} is not locked for {where}"
            assert requirement.specifier.contains(str(pin.specifier)[2:], prereleases=True)


@pytest.mark.parametrize("lock", ROOTS)
def test_nothing_is_locked_that_nothing_requires(lock: str) -> None:
    asked_for = {canonicalize_name(each.name) for where in environments() for each in required(lock, where)}
    assert set(pins(lock)) == asked_for


def test_the_packages_here_are_the_locked_ones() -> None:
    here = {name: str(value) for name, value in default_environment().items()}
    locked = {name: str(pin.specifier)[2:] for name, pin in pins("development").items() if applies(pin, here)}
    assert {name: INSTALLED[name].version for name in locked} == locked


def test_the_oldest_python_of_the_project_is_looked_at() -> None:
    assert PROJECT["project"]["requires-python"] == f">={PYTHONS[0]}"
