"""The payload corpus through the launch memo, one at a time, because the memo cuts what is long."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.exports.memo import memo_of
from workbook.report import gather, record
from workbook.session import Session


@pytest.fixture(scope="session")
def readers():
    spec = importlib.util.spec_from_file_location("sink_readers", Path(__file__).with_name("sink_readers.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.stress
def test_no_payload_lives_in_a_memo(payloads, readers, tmp_path, scale, figure):
    session = Session(tmp_path)
    session.start(["fifty-point"])
    report, corpus, live, whole = gather(session), payloads.corpus(scale(300, 2400)), [], 0
    day = session.today()
    for text in corpus:
        risk = record.Risk("x", text, text, text, text, day, day, counts=True)
        by, promise = ((text, text),), record.Promise(text, text, day, "open")
        made = memo_of(
            replace(
                report,
                project=text,
                verdicts=(replace(report.decides, name=text, certain=(text,)),),
                todo=(replace(report.todo[0], standing="blocker", title=text, why=text, owner=text),),
                risks=(risk,),
                decisions=(
                    record.Decided("2026-11-20", "go", text, text, uncommitted=False, by=by, conditions=(promise,)),
                ),
                problems=(text,),
            )
        )
        live += readers.page(made)
        whole += made.count(text) > 0
    figure("payload corpus x the memo, one at a time", ">= 2,000: 0 live", f"{len(corpus)}: {len(live)} live")
    assert not live, live[:5]
    assert whole > len(corpus) / 20, "harmless ones stand there as they are"
