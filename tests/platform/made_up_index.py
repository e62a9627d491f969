"""A package index in a folder, served on loopback: each package in the locked release and in newer ones."""

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LOCKED = "1.0"
NEWER_WHEEL, NEWER_SOURCE = "2.0", "3.0"
# What each release requires. As in a universal lock, the extra of beta appears only where alpha requires it.
REQUIRES = {
    "alpha": ["beta[toml]", 'gamma>=0.5; python_version >= "3"'],
    "beta": ['delta; extra == "toml"'],
    "gamma": [],
    "delta": [],
}


@dataclass
class Index:
    """The folder of files, its address, and the one file whose download may be held back."""

    folder: Path
    url: str = ""
    held_back: str | None = None
    asked_for: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def publish(self, name: str, content: bytes) -> None:
        """Add a file to the page of its package."""
        page = self.folder / name.partition("-")[0] / "index.html"
        page.parent.mkdir(exist_ok=True)
        page.with_name(name).write_bytes(content)
        with page.open("a") as links:
            links.write(f'<a href="{name}">{name}</a>\n')


@contextmanager
def served(folder: Path) -> Iterator[Index]:
    """Serve every package of `REQUIRES`, locked and newer."""
    index = Index(folder)
    for name, requires in REQUIRES.items():
        index.publish(wheel_name(name, LOCKED), wheel(name, LOCKED, requires))
        index.publish(wheel_name(name, NEWER_WHEEL), wheel(name, NEWER_WHEEL, requires))
        index.publish(f"{name}-{NEWER_SOURCE}.tar.gz", exploding_source(name))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, index, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        index.url = f"http://127.0.0.1:{server.server_port}/"
        yield index
        index.released.set()
        server.shutdown()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, index: Index, *arguments: Any, directory: str) -> None:
        self.index = index
        super().__init__(*arguments, directory=directory)

    def do_GET(self) -> None:
        if self.index.held_back and self.path.endswith(self.index.held_back):
            self.index.asked_for.set()
            self.index.released.wait()
            return
        super().do_GET()

    def log_message(self, *arguments: Any) -> None:
        return


def lock(index: Index, *names: str) -> str:
    """Pin these packages in their locked release, by hash."""
    return "".join(f"{name}=={LOCKED} \\\n    --hash=sha256:{_hash(index, name)}\n" for name in names)


def _hash(index: Index, name: str) -> str:
    return hashlib.sha256((index.folder / name / wheel_name(name, LOCKED)).read_bytes()).hexdigest()


def wheel_name(name: str, version: str) -> str:
    return f"{name}-{version}-py3-none-any.whl"


def wheel(name: str, version: str, requires: list[str]) -> bytes:
    """Build a wheel with one module and one command, both of the package's name."""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: toml\n"
    metadata += "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"def main() -> None:\n    print('{name} {version}')\n",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(file, text)
    return content.getvalue()


def exploding_source(name: str) -> bytes:
    """Build a source release that cannot be built."""
    text = b"raise SystemExit('a source release was built')\n"
    entry = tarfile.TarInfo(f"{name}-{NEWER_SOURCE}/setup.py")
    entry.size = len(text)
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.addfile(entry, io.BytesIO(text))
    return content.getvalue()
