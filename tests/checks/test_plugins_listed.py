"""Which plug-ins there are is read once, and again as soon as one of their lists looks different."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from types import ModuleType

import pytest

from checks.plugins import installed


def names() -> list[str]:
    return [one.name for one in installed.offers("probes").entries]


def test_what_is_installed_changed_or_removed_meanwhile_is_seen(site: Path, plugin_site: ModuleType) -> None:
    install = plugin_site.installer(site)
    assert names() == []
    nothing = installed.digest()
    package = install("acme", {"probes": {"acme": "acme.probes"}}, {"probes.py": ""})
    assert names() == ["acme"]
    first = installed.digest()
    listed = site / "acme-1.0.dist-info" / "entry_points.txt"
    listed.write_text(listed.read_text().replace("acme = acme", "other = acme"))
    assert names() == ["other"]
    assert len({nothing, first, installed.digest()}) == 3
    rmtree(package)
    assert names() == []
    assert [one.name for one in installed.plugins()] == ["acme"]
    rmtree(listed.parent)
    assert installed.plugins() == ()


def test_lists_that_look_the_same_are_read_once(
    site: Path, plugin_site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin_site.installer(site)("acme", {"probes": {"acme": "acme.probes"}}, {"probes.py": ""})
    read: list[str] = []
    usual = installed._read
    monkeypatch.setattr(installed, "_read", lambda path: (read.append(path), usual(path))[1])
    for _ in range(3):
        assert names() == ["acme"]
        assert installed.digest()
    assert len(read) == 1
