"""The tools we are measured against, each in a clean environment: beside Jupyter they start slower."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import checks.semgrep

RULES = Path(checks.semgrep.__file__).parent / "rules"


@dataclass(frozen=True, slots=True)
class Peers:
    """The programs of the other tools."""

    semgrep: Path
    radon: Path

    @property
    def versions(self) -> str:
        """Which ones they are."""
        return f"semgrep {version('semgrep')}, radon {version('radon')}"


def installed(folder: Path) -> Peers:
    """The tools in the versions we run ourselves, each each by itself below `folder`; kept if there."""
    return Peers(*(_environment(folder / name, name) for name in ("semgrep", "radon")))


def _environment(place: Path, name: str) -> Path:
    program = place / "bin" / name
    if not program.exists():
        sys.stderr.write(f"installing {name} {version(name)} by itself\n")
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        pip = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, f"{name}=={version(name)}"], check=True)
    return program


def semgrep(peers: Peers, target: Path, *front: str) -> list[str]:
    """Semgrep with our rules over the files of a folder, with the same limits as ours."""
    return [
        *(str(peers.semgrep), "scan", *front, "--config", str(RULES), "--json", "--quiet", "--metrics=off"),
        *("--disable-version-check", "--no-git-ignore", "--disable-nosem", "--x-ignore-semgrepignore-files"),
        *("--max-target-bytes", "2000000", "--timeout", "5", "--timeout-threshold", "3", str(target)),
    ]


def radon(peers: Peers, what: str, bed: Path) -> list[str]:
    """One of radon's four measures over a folder, as JSON."""
    return [str(peers.radon), what, "--json", str(bed)]


def environment(home: Path, *programs: Path) -> dict[str, str]:
    """What every measured command gets: its own home, nothing of ours."""
    path = os.pathsep.join([*(str(one.parent) for one in programs), os.environ["PATH"]])
    return {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "SEMGREP_SEND_METRICS": "off", "TMPDIR": str(home)}
