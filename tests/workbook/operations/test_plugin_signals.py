"""What a plug-in's probe sees of a control: it proposes and contradicts like ours, and never answers by itself."""

import pytest

from checks.observation import Outcome
from workbook.answers import Evidence, Status
from workbook.assess import Standing
from workbook.catalogue.own import catalogue_of
from workbook.cli.main import main
from workbook.explain import explain
from workbook.plugin_checkup import checkup


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


def test_what_only_a_plugin_looks_at_is_not_called_a_matter_of_people_alone(made):
    catalogue = made.open().catalogue
    (one,) = explain(catalogue, "readiness-recheck", ())
    assert one.method[0] == "acme.sign: Is there a sign? A plug-in answers it."
    assert not any("people answer" in line for line in one.method)
    (item,) = explain(catalogue, catalogue.asked_by["readiness-recheck"][0].id, ())
    assert one.method[0] in item.method


def test_feeding_a_control_that_is_not_here_is_a_note_and_no_fault(bench, site, plugin_site):
    files = {
        "probes.py": plugin_site.PROBE.format(
            name="acme", body="return Observation('acme.sign', Outcome.MET, 'there')"
        ),
        "signals.toml": plugin_site.SIGNALS.format(name="acme") + 'feeds = ["other-list-control"]\n',
    }
    plugin_site.installer(site)("acme-plugin", {"probes": {"acme": "acme_plugin.probes"}}, files)
    catalogue, told = catalogue_of(bench().root)
    (one,) = checkup(told, ())
    assert one.brings == ("probes acme",)
    assert one.trouble == ()
    assert one.notes == ("acme.sign feeds 'other-list-control', which is no control here",)
    (signal,) = explain(catalogue, "acme.sign", ())
    assert "Feeds" not in [part.heading for part in signal.parts()]


def test_who_names_a_signal_of_a_refused_plugin_is_led_to_the_doctor(bench, site, plugin_site, capsys):
    root = str(bench().root)
    assert main(["-C", root, "probe", "acme.sign"]) == 2
    assert "refused" not in capsys.readouterr().err
    plugin_site.installer(site)("acme-plugin", {"probes": {"acme": "elsewhere.probes"}}, {})
    assert main(["-C", root, "probe", "acme.sign"]) == 2
    assert "a plug-in was refused, and readiness doctor says why" in " ".join(capsys.readouterr().err.split())
