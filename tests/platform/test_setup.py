"""`make setup`, run for real on a project of made-up packages: any day, any Python from 3.11, any broken `.venv`."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.platform import made_up_index
from tests.platform.checkout import PROJECT, PYTHON, Checkout, laid
from tests.platform.made_up_index import LOCKED, NEWER_SOURCE, NEWER_WHEEL, Index

pytestmark = pytest.mark.slow

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
OLDEST_PIP = "pip==22.3"  # of Python 3.11.0; Python 3.12 and newer cannot run it
AS_LOCKED = dict.fromkeys(["alpha", "beta", "gamma", "delta", PROJECT], LOCKED)
# A Python that says what an older one, or one without the module venv, would say.
OLDER = f"""exec {PYTHON} -c 'import sys; sys.version_info = (3, 10, 13, "final", 0); exec(sys.argv[2])' "$@" """
WITHOUT_VENV = f"""exec {PYTHON} -c 'import sys; sys.modules["ensurepip"] = None; exec(sys.argv[2])' "$@" """
DEAD_SHIM = "echo 'python: command not found' >&2; exit 127"


@pytest.fixture(scope="module")
def shared_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with made_up_index.served(tmp_path_factory.mktemp("index")) as index:
        yield index


@pytest.fixture
def checkout(tmp_path: Path, shared_index: Index) -> Checkout:
    """A clean clone on a machine without Python."""
    return laid(tmp_path, shared_index)


def test_the_index_offers_newer_releases_to_those_who_resolve(tmp_path: Path, checkout: Checkout) -> None:
    checkout.add_python("python3")
    download = ["-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest", str(tmp_path / "got"), "alpha"]
    assert subprocess.run([sys.executable, *download], env=checkout.environment, check=False).returncode == 0
    assert {file.name.split("-")[1] for file in (tmp_path / "got").iterdir()} == {NEWER_WHEEL}
    assert NEWER_SOURCE > NEWER_WHEEL


@pytest.fixture(params=[OLDEST_PIP, "bundled", "pip"], ids=["oldest", "bundled", "newest"])
def python_with_pip(request: pytest.FixtureRequest, checkout: Checkout) -> Path:
    """A Python whose virtual environments hold the oldest, its own, or the newest pip."""
    requirement: str = request.param
    if requirement == "bundled":
        return PYTHON
    if requirement == OLDEST_PIP and sys.version_info >= (3, 12):
        pytest.skip(f"Python {VERSION} cannot run {OLDEST_PIP}")
    pip = fetched(requirement, checkout.folder.parent / "pip")
    replace = f'"$4/bin/python" -m pip install --quiet --no-index --disable-pip-version-check {pip}'
    return checkout.write_tool("python3.11", f'{PYTHON} "$@" || exit\n[ "$1 $2" != "-m venv" ] || {replace}')


def fetched(requirement: str, folder: Path) -> Path:
    """Download this release of pip, or skip the test by name if the registry does not answer."""
    download = ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), requirement]
    if subprocess.run([sys.executable, *download], capture_output=True, check=False).returncode:
        pytest.skip(f"the registry does not offer {requirement}, or is unreachable")
    (wheel,) = folder.glob("pip-*.whl")
    return wheel


def test_newer_releases_of_every_package_change_nothing(checkout: Checkout, python_with_pip: Path) -> None:
    checkout.set_up(f"PYTHON={python_with_pip}")
    assert checkout.installed() == AS_LOCKED


def test_the_first_python_that_works_is_taken_and_named(checkout: Checkout) -> None:
    checkout.write_tool("python3.11", DEAD_SHIM)
    checkout.write_tool("python3.12", WITHOUT_VENV)
    taken = checkout.add_python("python3.13")
    checkout.write_tool("python3", OLDER)
    assert checkout.set_up() == f"Python {sys.version.split()[0]} ({taken}) builds .venv/\n"
    assert checkout.installed() == AS_LOCKED


def test_a_shim_that_fails_does_not_hide_the_same_name_further_on_the_path(checkout: Checkout) -> None:
    shims = checkout.folder.parent / "shims of a tool"
    shims.mkdir()
    checkout.write_tool("python3.11", DEAD_SHIM).rename(shims / "python3.11")
    taken = checkout.add_python("python3.11")
    checkout.path = f"{shims}:{checkout.tools}"
    assert f"({taken}) builds" in checkout.set_up()


@pytest.mark.parametrize(
    ("pythons", "missing"),
    [
        ({}, "Python 3.11 or newer is missing"),
        ({"python3": OLDER, "python3.11": DEAD_SHIM}, "Python 3.11 or newer is missing"),
        ({"python3": WITHOUT_VENV}, f"lacks the module venv (Debian, Ubuntu: package python{VERSION}-venv)"),
    ],
    ids=["no Python", "only an old one and a dead shim", "no venv"],
)
def test_what_is_missing_is_said_in_one_sentence(checkout: Checkout, pythons: dict[str, str], missing: str) -> None:
    for name, script in pythons.items():
        checkout.write_tool(name, script)
    outcome = checkout.make("setup")
    assert outcome.returncode != 0
    assert outcome.stdout == ""
    first, makes_own, *rest = outcome.stderr.splitlines()
    assert first.endswith(f"{missing}: install it, or name another Python with PYTHON=/path/to/python3.")
    assert makes_own.startswith("make: ***")
    assert not rest


@pytest.mark.parametrize(
    ("script", "problem"),
    [(OLDER, "is older than Python 3.11"), (WITHOUT_VENV, "lacks the module venv"), (DEAD_SHIM, "does not run")],
)
def test_a_named_python_is_taken_or_refused_but_not_replaced(checkout: Checkout, script: str, problem: str) -> None:
    checkout.add_python("python3.11")
    named = checkout.write_tool("named", script)
    outcome = checkout.make("setup", f"PYTHON={named}")
    assert outcome.returncode != 0
    assert f"PYTHON={named} {problem}" in outcome.stderr
    assert not (checkout.folder / ".venv").exists()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, shared_index: Index) -> Checkout:
    """A checkout that was set up; a test may break it, but leaves it whole."""
    checkout = laid(tmp_path_factory.mktemp("finished"), shared_index)
    checkout.add_python("python3.11")
    checkout.set_up()
    return checkout


def works(checkout: Checkout) -> bool:
    """Whether the packages are as locked and a command of one of them runs."""
    said = checkout.run(str(checkout.folder / ".venv" / "bin" / "alpha")).stdout
    return checkout.installed() == AS_LOCKED and said == f"alpha {LOCKED}\n"


def test_a_finished_set_up_is_left_alone(finished: Checkout) -> None:
    extra = finished.packages / "of_the_developer.py"
    extra.touch()
    assert finished.set_up() == ""
    assert extra.exists()


def lose_the_python(checkout: Checkout) -> None:
    for link in (checkout.folder / ".venv" / "bin").glob("python*"):
        link.unlink()
        link.symlink_to("/nowhere/python3")


def find_another_python_behind_it(checkout: Checkout) -> None:
    link = checkout.folder / ".venv" / "bin" / "python"
    link.unlink()
    checkout.write_tool("another", OLDER).rename(link)


def lose_a_module(checkout: Checkout) -> None:
    (checkout.packages / "beta.py").unlink()


def lose_a_command(checkout: Checkout) -> None:
    (checkout.folder / ".venv" / "bin" / "alpha").unlink()


def lose_all_but_the_folder(checkout: Checkout) -> None:
    shutil.rmtree(checkout.folder / ".venv")
    (checkout.folder / ".venv").mkdir()


def have_a_file_instead(checkout: Checkout) -> None:
    shutil.rmtree(checkout.folder / ".venv")
    (checkout.folder / ".venv").touch()


def move(checkout: Checkout) -> None:
    moved = checkout.folder.with_name("a moved project")
    checkout.folder = checkout.folder.rename(moved)


def copy(checkout: Checkout) -> None:
    copied = checkout.folder.with_name("copied")
    checkout.folder = Path(shutil.copytree(checkout.folder, copied, symlinks=True))


@pytest.mark.parametrize(
    "fault",
    [
        lose_the_python,
        find_another_python_behind_it,
        lose_a_module,
        lose_a_command,
        lose_all_but_the_folder,
        have_a_file_instead,
        move,
        copy,
    ],
    ids=lambda fault: fault.__name__,
)
def test_a_broken_environment_is_noticed_and_rebuilt(finished: Checkout, fault: Callable[[Checkout], None]) -> None:
    fault(finished)
    assert "builds .venv/" in finished.set_up()
    assert works(finished)


def test_a_set_up_that_was_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    with made_up_index.served(folder) as index:
        checkout = laid(tmp_path, index)
        checkout.add_python("python3.11")
        index.held_back = made_up_index.wheel_name("delta", LOCKED)
        checkout.set_up_until_killed()
        index.held_back = None
        checkout.set_up()
        assert works(checkout)


def test_another_lock_leaves_nothing_of_the_one_before(finished: Checkout) -> None:
    lock = finished.folder / "requirements" / "development.txt"
    whole = lock.read_text()
    lock.write_text(made_up_index.lock(finished.index, "alpha", "beta", "gamma"))
    finished.set_up()
    assert finished.installed() == {name: LOCKED for name in AS_LOCKED if name != "delta"}
    lock.write_text(whole)
    finished.set_up()
    assert works(finished)
