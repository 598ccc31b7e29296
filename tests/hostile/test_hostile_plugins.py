"""Plug-ins that mean harm or are broken: none takes the run down, each is named, and what is ours stays as it was."""

import json
import os
from pathlib import Path

import pytest

from checks import isolated
from checks.children import allowance
from checks.observation import Outcome
from checks.plugins import calling
from checks.plugins.installed import GROUPS, digest, offers, plugins
from checks.plugins.signals import OURS, probing
from checks.report_json import to_json
from checks.reports.read import read
from checks.reports.record import NotUsable
from workbook.catalogue import load_catalogue
from workbook.catalogue.own import catalogue_of
from workbook.cli.main import main
from workbook.session import Session

OURS_ASKED = "docs.readme"
MET = 'Observation("{name}.sign", Outcome.MET, "seen")'

BAD = {
    "raises": ("raise ValueError('quoted text')", "its probe failed (ValueError at probes.py:"),
    "leaves": ("raise SystemExit(3)", "its probe failed (SystemExit at probes.py:"),
    "exits": ("import sys; sys.exit()", "its probe failed (SystemExit at probes.py:"),
    "ends": ("import os; os._exit(0)", "it ended its own process"),
    "kills": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "it ended its own process"),
    "interrupts": ("raise KeyboardInterrupt", "its probe failed (KeyboardInterrupt"),
    "sleeps": ("import time; time.sleep(600)", "its probe failed: no answer in"),
    # By its work or by the clock, whichever a busy machine comes to first.
    "spins": ("while True: pass", "its probe failed: "),
    "stubborn": (
        "import signal\nsignal.setitimer(signal.ITIMER_PROF, 0)\nwhile True: pass",
        "its probe failed: no answer in",
    ),
    "hungry": ("return [bytearray(2**30) for _ in range(64)]", "its probe failed"),
    "deep": ("return sign(context)", "its probe failed (RecursionError"),
    "nothing": ("return None", "it returned nothing where an Observation belongs"),
    "text": ("return 'met'", "it returned a str where an Observation belongs"),
    "table": ("return {'met': True}", "it returned a dict where an Observation belongs"),
    "number": ("return 3", "it returned a int where an Observation belongs"),
    "list": ("return [1, 2]", "it returned a int where an Observation belongs"),
    "endless": ("import itertools; return itertools.repeat(1)", "it returned more than"),
    "silent": ("return []", "its probe gave no answer"),
    "words": ("return Observation('words.sign', 'met', 'seen')", "outcome must be an Outcome"),
    "blank": ("return Observation('blank.sign', Outcome.MET, '  ')", "summary is empty"),
    "typed": ("return Observation('typed.sign', Outcome.MET, 7)", "summary must be a text, not a int"),
    "outside": (
        "return Observation('outside.sign', Outcome.UNMET, 'x', locations=(Location('../../etc/passwd', 1),))",
        "a location must be a Location of a file of the tree",
    ),
    "minus": (
        "return Observation('minus.sign', Outcome.UNMET, 'x', locations=(Location('README.md', -1),))",
        "the lines of a location must be whole numbers",
    ),
    "claims": (f"return Observation('{OURS_ASKED}', Outcome.UNMET, 'claimed')", "which is not its own to answer"),
    "foreign": ("return Observation('good.sign', Outcome.UNMET, 'claimed')", "which is not its own to answer"),
    "writes": ("context.version = 2", "its probe failed (AttributeError at api.py:"),
    "asks": ("return context.workbook", "its probe failed (LookupError at api.py:"),
    "talks": (
        "import os\nfor one in range(3, 64):\n    try: os.write(one, b'{\"answer\": 1}\\n')\n    except OSError: pass",
        "its probe failed: what it said cannot be read",
    ),
}

BAD_AT_IMPORT = {
    "missing": ("import no_such_module\n", "it cannot be loaded (ModuleNotFoundError"),
    "broken": ("def (\n", "it cannot be loaded (SyntaxError"),
    "gone": ("raise SystemExit\n", "it cannot be loaded (SystemExit"),
    "dead": ("import os\nos._exit(0)\n", "it ended its own process"),
    "slow": ("import time\ntime.sleep(600)\n", "no answer in"),
    "greedy": (
        f"from checks.plugins.api import probe as mine\nfor one in '{OURS_ASKED}', 'greedy.sign': mine(one)(print)\n",
        "it cannot be loaded (ValueError at api.py:",
    ),
}

LOUD = """import os, subprocess, sys
print("printed" * 1000)
os.write(1, b"not JSON\\n")
os.write(2, b"on standard error\\n")
subprocess.run(["/bin/echo", "said by a child"])
sys.stdout.write("more")
sys.__stdout__.write("past it")
sys.__stdout__.flush()
"""

VANDAL = """from checks.look import Look
from checks import observation, report_wire
look = context._look
look.tree._texts.clear(); look.tree._files = look.tree.every = ()
look.findings.append("rubbish"); look.unread.append(3)
Look.source_paths = None; observation.Outcome = None; report_wire.pack = None
"""


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "README.md").write_text("# Acme\n\n## Install\n\n```\nmake run\n```\n")
    (folder / "main.py").write_text("def add(a, b):\n    return a + b\n")
    return folder


@pytest.fixture
def install(plugin_site, site):
    return plugin_site.installer(site)


@pytest.fixture
def looked(monkeypatch, capfd):
    """Looks as a face does, with little patience; nothing may be said past the report."""
    monkeypatch.setattr(allowance, "SECONDS", 1.5)

    def look(root, signals=None):
        report = isolated.look_over(root, signals=signals)
        told = capfd.readouterr()
        assert (told.out, told.err) == ("", "")
        return report

    return look


def test_every_bad_plugin_is_named_and_costs_only_its_own_answers(root, install, looked, plugin_site):
    alone = looked(root, [OURS_ASKED])
    for name, (body, _) in BAD.items():
        plugin_site.with_probe(install, name, body)
    for name, (above, _) in BAD_AT_IMPORT.items():
        plugin_site.with_probe(install, name, f"return {MET.format(name=name)}", above)
    plugin_site.with_probe(install, "good", f"return {MET.format(name='good')}")
    plugin_site.with_probe(install, "loud", f"{LOUD}return {MET.format(name='loud')}", LOUD)
    plugin_site.with_probe(install, "vandal", f"{VANDAL}return {MET.format(name='vandal')}")
    names = [*BAD, *BAD_AT_IMPORT, "good", "loud", "vandal"]
    report = looked(root, [OURS_ASKED, *(f"{name}.sign" for name in names)])
    assert report.complete
    assert report.observations[OURS_ASKED] == alone.observations[OURS_ASKED]
    assert report.findings == alone.findings
    assert report.files == alone.files
    said = {one.name: one.trouble for one in report.plugins}
    for name, (_, reason) in (BAD | BAD_AT_IMPORT).items():
        seen = report.observations[f"{name}.sign"]
        assert seen.outcome is Outcome.UNKNOWN, name
        assert seen.summary.startswith(f"plug-in {name}-plugin 1.0: "), name
        assert reason in seen.summary, name
        assert "quoted text" not in seen.summary
        assert reason in said[f"{name}-plugin"][0], name
    for name in ("good", "loud", "vandal"):
        seen = report.observations[f"{name}.sign"]
        assert (seen.outcome, seen.summary, seen.tool) == (Outcome.MET, "seen", f"{name}-plugin 1.0")
        assert said[f"{name}-plugin"] == ()


def test_one_bad_probe_leaves_the_others_of_its_plugin_their_answers(root, install, looked, plugin_site):
    code = "from checks.plugins.api import Observation, Outcome, probe\n" + "".join(
        f'@probe("many.{name}")\ndef {name}(context):\n    {body}\n'
        for name, body in {
            "first": 'return Observation("many.first", Outcome.MET, "seen")',
            "second": "import os; os._exit(1)",
            "third": "while True: pass",
            "fourth": 'return Observation("many.fourth", Outcome.UNMET, "not seen")',
        }.items()
    )
    texts = "".join(
        plugin_site.SIGNALS.format(name="many").replace(".sign", f".{one}")
        for one in ("first", "second", "third", "fourth", "fifth")
    )
    install("many-plugin", {"probes": {"many": "many_plugin.probes"}}, {"probes.py": code, "signals.toml": texts})
    seen = looked(root, [f"many.{one}" for one in ("first", "second", "third", "fourth", "fifth")]).observations
    assert {name: one.outcome.value for name, one in seen.items()} == {
        "many.first": "met",
        "many.second": "unknown",
        "many.third": "unknown",
        "many.fourth": "unmet",
        "many.fifth": "unknown",
    }
    assert "it ended its own process" in seen["many.second"].summary
    assert "its probe failed: " in seen["many.third"].summary
    assert "none of its probes answers this" in seen["many.fifth"].summary


def test_a_plugin_whose_probes_all_hang_is_given_up_and_not_waited_for_each(root, install, looked, plugin_site):
    names = [f"many.n{one}" for one in range(20)]
    code = "import os\nfrom checks.plugins.api import probe\n" + "".join(
        f"@probe({name!r})\ndef {name[5:]}(context):\n    os._exit(1)\n" for name in names
    )
    texts = "".join(plugin_site.SIGNALS.format(name="many").replace("many.sign", name) for name in names)
    install("many-plugin", {"probes": {"many": "many_plugin.probes"}}, {"probes.py": code, "signals.toml": texts})
    seen = looked(root, names).observations
    assert {one.outcome for one in seen.values()} == {Outcome.UNKNOWN}
    ended = [name for name in names if "it ended its own process" in seen[name].summary]
    assert ended == names[:4]
    assert all("it was not asked" in seen[name].summary for name in names[4:])


def test_nothing_that_a_plugin_started_outlives_the_look(root, install, looked, plugin_site, tmp_path):
    note = tmp_path / "pid"
    body = (
        "import subprocess, time\n"
        "child = subprocess.Popen(['/bin/sleep', '600'], start_new_session=True)\n"
        f"open({os.fspath(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(600)"
    )
    plugin_site.with_probe(install, "breeds", body)
    assert looked(root, ["breeds.sign"]).observations["breeds.sign"].outcome is Outcome.UNKNOWN
    if Path("/proc").is_dir():
        status = Path(f"/proc/{note.read_text()}/status")
        assert not status.exists() or "\nState:\tZ" in status.read_text()


def test_hostile_text_of_a_plugin_is_only_text(root, install, plugin_site, capsys, monkeypatch):
    key = "sk-proj-" + "a1B2c3D4e5F6g7H8" * 3
    hostile = f"\x1b]0;owned\x07 [red]x[/red]\r\n::error::x\u202e <script>{key} \ud800 " + "long " * 10_000
    body = f"return Observation('acme.sign', Outcome.UNMET, {hostile!r}, searched=({hostile!r},), fix={hostile!r})"
    plugin_site.with_probe(install, "acme", body)
    monkeypatch.setattr(allowance, "SECONDS", 5.0)
    seen = isolated.look_over(root, signals=["acme.sign"]).observations["acme.sign"]
    assert seen.outcome is Outcome.UNMET
    assert len(seen.summary) <= 300
    assert key not in json.dumps(to_json(isolated.look_over(root, signals=["acme.sign"])))
    for arguments in (["probe", "acme.sign"], ["probe", "acme.sign", "--format", "json"]):
        assert main(["-C", str(root), *arguments]) == 0
        told = capsys.readouterr()
        assert not {"\x1b", "\x07", "\r", "\u202e"} & set(told.out + told.err)
        assert not [line for line in (told.out + told.err).splitlines() if line.startswith("::error")]
        assert key not in told.out + told.err


# --- what metadata may claim ---


def test_our_names_are_those_of_the_catalogue():
    assert {name.partition(".")[0] for name in load_catalogue().signals} == OURS


def test_a_name_of_ours_is_refused_and_what_is_ours_answers(root, install, looked, plugin_site):
    plugin_site.with_probe(install, "thief", f"return {MET.format(name='docs')}", namespace="docs")
    catalogue, problems = catalogue_of(root)
    assert "docs.sign" not in catalogue.signals
    assert problems == ("plug-in thief-plugin 1.0: the name 'docs' in probes is ours and stays so",)
    assert "docs.sign" not in looked(root, [OURS_ASKED, "docs.sign"]).observations


def test_two_plugins_of_one_name_are_both_refused_whichever_came_first(install, plugin_site):
    for name in ("one", "two"):
        plugin_site.with_probe(install, name, f"return {MET.format(name='both')}", namespace="both")
    usable, troubles = probing()
    assert usable == ()
    assert [str(one) for one in troubles] == [
        "plug-in one-plugin 1.0: two-plugin 1.0 brings 'both' in probes as well: neither is used",
        "plug-in two-plugin 1.0: one-plugin 1.0 brings 'both' in probes as well: neither is used",
    ]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("Acme", "acme_plugin", "small letters, digits and single dashes"),
        ("a" * 41, "acme_plugin", "at most 40"),
        ("acme", "acme_plugin:a:b", "is no package.module or module:name"),
        ("acme", "../../etc", "is no package.module or module:name"),
        ("acme", "", "is no package.module or module:name"),
        ("acme", "elsewhere.probes", "an editable install (-e) is refused; install it for good"),
    ],
)
def test_an_entry_that_leads_nowhere_is_named(install, group, name, value, reason):
    install("acme-plugin", {group: {name: value}}, {})
    found = offers(group)
    assert found.entries == ()
    assert [one.plugin.title for one in found.troubles] == ["acme-plugin 1.0"]
    assert reason in found.troubles[0].reason


def test_a_group_nobody_knows_and_a_list_that_cannot_be_read_are_named(install):
    install("acme-plugin", {"probe": {"acme": "acme_plugin"}}, {})
    package = install("torn-plugin", {"probes": {}}, {})
    (package.parent / "torn_plugin-1.0.dist-info" / "entry_points.txt").write_bytes(b"[readiness_workbook.probes\n\xff")
    reasons = {one.plugin.name: one.reason for one in offers("probes").troubles}
    assert "there is no group 'readiness_workbook.probe'" in reasons["acme-plugin"]
    assert "cannot be read" in reasons["torn-plugin"]
    assert [one.title for one in plugins()] == ["acme-plugin 1.0", "torn-plugin 1.0"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "cannot be read beside the code"),
        ("", "holds 0 signals"),
        ("[", "not TOML"),
        ("\x00", "not TOML"),
        ('["tests.exist"]\nquestion = "q"\nmet = "m"\nunmet = "u"\n', '"acme.something"'),
        ('["acme.Sign"]\nquestion = "q"\nmet = "m"\nunmet = "u"\n', '"acme.something"'),
        ('"acme.sign" = 3\n', "must be a table"),
        ('["acme.sign"]\nquestion = "q"\nmet = "m"\n', "unmet is missing"),
        ('["acme.sign"]\nquestion = 3\nmet = "m"\nunmet = "u"\n', "question: must be a text"),
        ('["acme.sign"]\nquestion = "q"\nmet = "m"\nunmet = "u"\nfeed = []\n', "no key 'feed'"),
        ('["acme.sign"]\nquestion = "q"\nmet = "m"\nunmet = "u"\nfeeds = "x"\n', "must be a list"),
        (f'["acme.sign"]\nquestion = "{"q" * 501}"\nmet = "m"\nunmet = "u"\n', "at most 500"),
    ],
)
def test_signals_that_cannot_be_used_are_said_with_their_key(root, install, text, reason):
    files = {"probes.py": ""} | ({} if text is None else {"signals.toml": text})
    install("acme-plugin", {"probes": {"acme": "acme_plugin.probes"}}, files)
    catalogue, problems = catalogue_of(root)
    assert catalogue.signals == load_catalogue().signals
    assert problems[0].startswith("plug-in acme-plugin 1.0: signals.toml: ")
    assert reason in problems[0]


def test_a_signal_that_feeds_nothing_we_know_is_asked_all_the_same(root, install, plugin_site):
    text = plugin_site.SIGNALS.format(name="acme") + 'feeds = ["nothing", "runbooks"]\n'
    install("acme-plugin", {"probes": {"acme": "acme_plugin.probes"}}, {"probes.py": "", "signals.toml": text})
    catalogue, problems = catalogue_of(root)
    assert catalogue.signals["acme.sign"].feeds == ("runbooks",)
    assert problems == ("plug-in acme-plugin 1.0: acme.sign feeds 'nothing', which is no control here",)


# --- the cache ---


def test_a_changed_plugin_is_asked_again(site, install, plugin_site):
    assert digest() == ""
    plugin_site.with_probe(install, "acme", f"return {MET.format(name='acme')}")
    first = digest()
    code = site / "acme_plugin" / "probes.py"
    code.write_text(code.read_text() + "# changed\n")
    second = digest()
    (site / "something_else-2.0.dist-info").mkdir()
    assert len({"", first, second, digest()}) == 4


# --- checklists ---


CHECKLIST = """
name = "Acme"
[[pillars]]
id = "people"
title = "People"
[[items]]
id = "acme.people.one"
pillar = "people"
title = "One"
asks = "One?"
controls = ["runbooks"]
"""


def test_a_broken_checklist_is_named_and_a_teams_own_of_the_same_name_wins(root, install):
    install("acme-plugin", {"checklists": {"acme": "acme_plugin"}}, {"acme.toml": CHECKLIST + "colour = 3\n"})
    catalogue, problems = catalogue_of(root)
    assert "acme" not in catalogue.checklists
    assert problems[0].startswith("plug-in acme-plugin 1.0: acme.toml: ")
    own = root / ".readiness" / "checklists" / "acme.toml"
    own.parent.mkdir(parents=True)
    own.write_text(CHECKLIST.replace('"Acme"', '"Our own"'))
    catalogue, problems = catalogue_of(root)
    assert catalogue.checklists["acme"].name == "Our own"
    assert problems == ("plug-in acme-plugin 1.0: the name 'acme' in checklists is ours and stays so",)


# --- importers and exports ---

CALLED = {
    "raises": ("raise ValueError('quoted text')", "it failed (ValueError at module.py:"),
    "exits": ("raise SystemExit(0)", "it failed (SystemExit at module.py:"),
    "ends": ("import os; os._exit(0)", "it ended its own process (code 0) without an answer"),
    "sleeps": ("import time; time.sleep(600)", "no answer in 2 seconds"),
    "hungry": ("return [bytearray(2**30) for _ in range(64)]", "it failed (MemoryError"),
    "number": ("return 3", "it returned a int where"),
    "asks": ("return context.paths", "it failed (LookupError at api.py:"),
}


@pytest.mark.parametrize("name", CALLED)
def test_a_bad_importer_is_named_and_refuses_the_report(install, monkeypatch, capfd, name):
    body, reason = CALLED[name]
    code = (
        f"print('loud')\ndef recognizes(context):\n    print('loud')\n    return True\ndef read(context):\n    {body}\n"
    )
    install("acme-plugin", {"importers": {"acme-scan": "acme_plugin.module"}}, {"module.py": code})
    monkeypatch.setattr(calling, "SECONDS", 2.0)
    with pytest.raises(NotUsable) as refused:
        read(b'{"acme": 1}')
    assert refused.value.title == "acme-scan (plug-in acme-plugin 1.0)"
    assert reason in refused.value.where
    assert "quoted text" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


RECORD = 'Imported("x", "x", "tool", ("{about}",), "{summary}", figures=({figures}), counts={counts})'


@pytest.mark.parametrize(
    ("about", "figures", "counts", "reason"),
    [
        ("nonsense", "", "{}", "about: 'nonsense' is none of"),
        ("tests", 'Figure("speed", 1, "x"),', "{}", "figures: 'speed' is none of"),
        ("tests", 'Figure("coverage_pct", 1, "km"),', "{}", "figures: coverage_pct is stored in '%'"),
        ("tests", 'Figure("coverage_pct", float("nan"), "%"),', "{}", "figures: coverage_pct must be a number"),
        ("tests", 'Figure("coverage_pct", -1, "%"),', "{}", "figures: coverage_pct must be 0 or more"),
        ("tests", 'Figure("coverage_pct", True, "%"),', "{}", "figures: coverage_pct must be a number"),
        ("tests", "", '{"bad": 1}', "counts: the keys are"),
        ("tests", "", '{"high": -1}', "counts: must be whole numbers"),
    ],
)
def test_what_an_importer_says_is_held_to_what_may_be_said(install, about, figures, counts, reason):
    made = RECORD.format(about=about, summary="seen", figures=figures, counts=counts)
    code = (
        "from checks.plugins.api import *\n"
        f"def recognizes(context):\n    return True\ndef read(context):\n    return {made}\n"
    )
    install("acme-plugin", {"importers": {"acme-scan": "acme_plugin.module"}}, {"module.py": code})
    with pytest.raises(NotUsable, match="acme-plugin") as refused:
        read(b'{"acme": 1}')
    assert reason in refused.value.where


def test_an_importer_is_not_asked_for_what_is_ours_and_may_not_take_its_name(install, tmp_path):
    note = tmp_path / "asked"
    code = f"open({os.fspath(note)!r}, 'w')\ndef recognizes(context):\n    return True\n"
    install("acme-plugin", {"importers": {"acme-scan": "acme_plugin.module"}}, {"module.py": code})
    install("thief-plugin", {"importers": {"pip-audit": "thief_plugin.module"}}, {"module.py": code})
    report = b'{"dependencies": [{"name": "a", "version": "1", "vulns": []}], "fixes": []}'
    assert read(report).format == "pip-audit"
    assert read(report, "pip-audit").tool == "pip-audit"
    assert not note.exists()


@pytest.mark.parametrize("name", CALLED)
def test_a_bad_export_is_one_line_that_names_it(root, install, monkeypatch, capsys, name):
    body, reason = CALLED[name]
    code = f"print('loud')\ndef export(context):\n    {body}\n"
    install("acme-plugin", {"exports": {"acme-table": "acme_plugin.module"}}, {"module.py": code})
    session = Session(root)
    session.start(["six-gates"])
    session.save()
    monkeypatch.setattr(calling, "SECONDS", 2.0)
    assert main(["-C", str(root), "report", "--format", "acme-table"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("readiness: plug-in acme-plugin 1.0: ")
    assert reason in told.err
    assert told.err.count("\n") == 1


def test_an_exports_text_gives_a_terminal_and_a_host_no_orders(root, install, capsys):
    made = r"'\x1b]0;owned\x07\n::error::x\n' + context.workbook['project'] + '\ud800'"
    code = f"def export(context):\n    return {made}\n"
    exports = {"acme-table": "acme_plugin.module", "html": "acme_plugin.module"}
    install("acme-plugin", {"exports": exports}, {"module.py": code})
    session = Session(root)
    session.start(["six-gates"])
    session.save()
    assert main(["-C", str(root), "report", "--format", "acme-table"]) == 0
    told = capsys.readouterr().out
    assert "acme" in told
    assert not {"\x1b", "\x07"} & set(told)
    assert not [line for line in told.splitlines() if line.startswith("::")]
    assert main(["-C", str(root), "report", "--format", "html"]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


def test_doctor_names_each_plugin_and_what_of_it_is_broken(root, install, plugin_site, capsys, monkeypatch):
    from workbook.cli import doctor

    monkeypatch.setattr(doctor, "_semgrep", lambda _: doctor.Checkup("semgrep", "not asked"))
    plugin_site.with_probe(install, "good", f"return {MET.format(name='good')}")
    plugin_site.with_probe(install, "bad", "return None", "import no_such_module\n")
    plugin_site.with_probe(install, "thief", "return None", namespace="docs")
    install("half-plugin", {"exports": {"half": "half_plugin:absent"}, "checklists": {"gone": "half_plugin"}}, {})
    assert main(["-C", str(root), "doctor"]) == 2
    lines = [line for line in capsys.readouterr().out.splitlines() if "plug-in" in line[:16]]
    assert [line[:6].strip() for line in lines] == ["to do", "ok", "to do", "to do"]
    assert "bad-plugin 1.0: nothing that can be used; probes: it failed (ModuleNotFoundError" in lines[0]
    assert lines[1].endswith("good-plugin 1.0: probes good")
    assert "exports: it has no function 'absent'" in lines[2]
    assert "gone.toml: cannot be read beside its package" in lines[2]
    assert "the name 'docs' in probes is ours" in lines[3]
