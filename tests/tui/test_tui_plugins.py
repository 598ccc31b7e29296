"""What a plug-in's probe saw stands beside the question, as what ours saw does, and its text is only text."""

import pytest

from tui.app import ReadinessApp
from tui.screens.detail import Detail
from workbook.session import Session

HOSTILE = "[red]nobody[/red] \\x1b]0;owned\\x07 named"


@pytest.fixture
def looked(repository, site, plugin_site, monkeypatch):
    """A session that has looked with one plug-in installed, whose signal feeds a control of ours."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(site.parent / "cache"))
    install = plugin_site.installer(site)
    code = plugin_site.PROBE.format(
        name="acme",
        body=f'return Observation("acme.sign", Outcome.UNMET, "{HOSTILE}", locations=(Location("Dockerfile", 1),))',
    )
    texts = plugin_site.SIGNALS.format(name="acme") + 'feeds = ["runbooks"]\n'
    install("acme-plugin", {"probes": {"acme": "acme_plugin.probes"}}, {"probes.py": code, "signals.toml": texts})
    session = Session(repository)
    session.start(["fifty-point"])
    session.save()
    session.probe(signals=["acme.sign", "run.container"])
    return session


async def test_a_plugins_signal_stands_beside_its_question(looked, screen_text):
    app = ReadinessApp(looked)
    async with app.run_test(size=(100, 40)) as pilot:
        app.push_screen(Detail("runbooks"))
        await pilot.pause()
        shown = screen_text(app)
        assert "[red]nobody[/red]" in shown
        assert "\x1b" not in shown
        assert "Dockerfile:1" in shown
