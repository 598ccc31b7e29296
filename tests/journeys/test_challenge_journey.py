"""A team challenges the probes on the embedded sample, answers, and hands out a report that says what is blind."""

from __future__ import annotations

import json
from pathlib import Path

from checks.cache.challenges import Challenges
from checks.challenge.record import Challenged, Verdict
from checks.observation import Outcome
from workbook.cli.main import main
from workbook.exports.report_html import to_html
from workbook.exports.report_json import to_json
from workbook.exports.report_markdown import to_markdown
from workbook.places import is_ours
from workbook.sample import materialize
from workbook.session import Session

FEWEST = 0.95
"""Of the sample's challenged probes have to tell every gap."""


def test_the_probes_can_fail_on_the_sample_and_the_report_says_so(tmp_path: Path, capsys, figure):
    sample = materialize(tmp_path / "acme-chat")
    assert main(["-C", str(sample), "probe", "--challenge", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)["challenge"]
    counted = said["figures"]
    figure("share of challenged signals that turned red, sample", f">= {FEWEST}", str(counted["share"]))
    assert counted["share"] >= FEWEST
    assert counted["challenged"] >= 25
    assert {one["verdict"] for one in said["signals"]} <= {"turned", "nothing"}

    assert main(["-C", str(sample), "init", "--yes"]) == 0
    session = Session(sample)
    # Our own files change with every answer, and no probe judges them.
    told = to_json(session)["challenge"]
    assert (told["challenged"], told["turned"]) == (counted["challenged"], counted["turned"])
    assert told["blind"] == []
    assert "Whether the probes can fail here" in to_markdown(session)

    (sample / "api" / "main.py").write_text("print('another product')\n")
    assert to_json(Session(sample))["challenge"] is None
    assert "Whether the probes can fail here" not in to_markdown(Session(sample))


def test_what_is_blind_is_listed_and_its_confidence_is_low(tmp_path: Path, capsys):
    sample = materialize(tmp_path / "acme-chat")
    assert main(["-C", str(sample), "init", "--yes"]) == 0
    hostile = "stayed green <script>alert(1)</script>"
    Challenges(sample, is_ours).keep([Challenged("gov.license", Verdict.BLIND, Outcome.MET, hostile)])
    capsys.readouterr()
    session = Session(sample)
    session.probe(signals=["gov.license", "docs.readme"])
    document = to_json(session)
    assert document["challenge"]["blind"] == [{"signal": "gov.license", "why": hostile}]
    confidence = {one["signal"]: one["confidence"] for one in document["look"]["signals"]}
    assert confidence["gov.license"] == "low"
    assert confidence["docs.readme"] != "low"
    page, text = to_html(session), to_markdown(session)
    assert "gov.license" in page
    assert "<script>alert" not in page
    assert "Blind here: gov.license" in text
    assert "<script>" not in text


def test_a_challenge_takes_no_answers_and_no_other_table(tmp_path: Path, capsys):
    sample = materialize(tmp_path / "acme-chat")
    assert main(["-C", str(sample), "probe", "--challenge", "--accept"]) == 2
    assert main(["-C", str(sample), "probe", "--challenge", "--hotspots"]) == 2
    assert main(["-C", str(sample), "probe", "--challenge", "gov.licence"]) == 2
    assert "gov.license" in capsys.readouterr().err
