"""Look up the locked production packages in an index of advisories; `make advisories` runs it.

Ends with status 1 if a package has a known vulnerability, and says so if no index can be reached.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TOOL = "pip-audit@2.9.0"
LOCK = Path(__file__).with_name("production.txt")
SOURCES = ("pypi", "osv")
PATIENCE = 120  # seconds for one source


def findings(source: str) -> list[dict[str, Any]] | None:
    """Return the packages that this source knows, with their vulnerabilities; None if it knows none of them."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "tool", "run", "--quiet", TOOL, "--requirement", str(LOCK)]
    options = ["--no-deps", "--disable-pip", "--vulnerability-service", source, "--format", "json"]
    try:
        answer = subprocess.run([*command, *options], capture_output=True, text=True, timeout=PATIENCE, check=False)
        listed = json.loads(answer.stdout)["dependencies"]
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
        return None
    known = [package for package in listed if "vulns" in package]
    return known or None


def main() -> int:
    """Print what is known of each vulnerable package."""
    for source in SOURCES:
        known = findings(source)
        if known is not None:
            break
    else:
        print("Advisories are not checked: no index of advisories can be reached.")
        return 0
    vulnerable = [(package, vulnerability) for package in known for vulnerability in package["vulns"]]
    for package, vulnerability in vulnerable:
        fixed = ", ".join(vulnerability["fix_versions"]) or "no release"
        print(f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}")
    print(f"{len(known)} packages checked, {len(vulnerable)} advisories apply.")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
