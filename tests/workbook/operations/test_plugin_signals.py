"""What a plug-in's probe sees of a control: it proposes and contradicts like ours, and never answers by itself."""

import pytest

from checks.observation import Outcome
from workbook.answers import Evidence, Status
from workbook.assess import Standing


@pytest.fixture
def made(bench, site, plugin_site):
    """A team whose environment has a plug-in that feeds three controls: one that no probe of ours looks at."""
    feeds = 'feeds = ["readiness-recheck", "lint-and-type-checks", "runbooks"]\n'
    texts = plugin_site.SIGNALS.format(name="acme") + feeds
    plugin_site.installer(site)(
        "acme-plugin", {"probes": {"acme": "acme_plugin.probes"}}, {"probes.py": "", "signals.toml": texts}
    )
    return bench()


def test_a_plugin_alone_answers_nothing_and_can_hinder(made):
    made.sees("acme.sign", Outcome.MET, "README.md")
    session = made.open()
    assert session.accept_observed(["readiness-recheck"]) == ()
    session.attach("lint-and-type-checks", Evidence("report", {"tool": "a linter"}))
    session.save()
    assert made.open().accept_observed(["lint-and-type-checks"]) == ()
    made.sees("ci.lint-and-types", Outcome.MET, "pyproject.toml")
    made.sees("acme.sign", Outcome.UNKNOWN)
    assert made.open().accept_observed(["lint-and-type-checks"]) == ()
    made.sees("acme.sign", Outcome.MET, "README.md")
    assert made.open().accept_observed(["lint-and-type-checks"]) == ("lint-and-type-checks",)


def test_a_plugin_that_disagrees_disputes_an_answer(made):
    made.sees("acme.sign", Outcome.UNMET, "README.md")
    session = made.open()
    session.answer("runbooks", Status.READY, note="seen")
    standing = session.assessment.standings["runbooks"]
    assert standing.standing is Standing.DISPUTED
    assert standing.why.startswith("acme.sign: ")
