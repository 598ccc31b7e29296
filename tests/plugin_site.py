"""Lays out plug-ins as an installer does, in a folder that stands for the place where distributions are installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

PROBE = """
from checks.plugins.api import Context, Location, Observation, Outcome, probe

@probe("{name}.sign")
def sign(context):
    {body}
"""

SIGNALS = """
["{name}.sign"]
question = "Is there a sign?"
met = "there is one"
unmet = "there is none"
"""

Install = Callable[..., Path]


def installer(site: Path) -> Install:
    """A function that installs one plug-in and returns the folder of its package.

    Its arguments: the name, the entries by group (`{"probes": {"acme": "acme.probes"}}`), the files of its package.
    """

    def install(name: str, entries: Mapping[str, Mapping[str, str]], files: Mapping[str, str]) -> Path:
        info = site / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n")
        lines = []
        for group, listed in entries.items():
            lines += [f"[readiness_workbook.{group}]", *(f"{key} = {value}" for key, value in listed.items()), ""]
        (info / "entry_points.txt").write_text("\n".join(lines))
        package = site / name.replace("-", "_")
        for path, text in {"__init__.py": "", **files}.items():
            place = package / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return package

    return install


def with_probe(install: Install, name: str, body: str, above: str = "", namespace: str = "") -> None:
    """Install a plug-in whose one probe answers `<name>.sign` with this body; `above` runs when it is imported."""
    answered = namespace or name
    code = above + PROBE.format(name=answered, body=body.replace("\n", "\n    "))
    files = {"probes.py": code, "signals.toml": SIGNALS.format(name=answered)}
    install(f"{name}-plugin", {"probes": {answered: f"{name}_plugin.probes"}}, files)
