from dataclasses import replace
from datetime import date

import pytest

from checks.observation import Location, Observation, Outcome, Proposal
from workbook.answers import read_state
from workbook.assess import PLAIN, Standing, assess, contrary, same_sight, saw, standing_override
from workbook.catalogue import load_catalogue
from workbook.lapse import Cause, Release

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 20)
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"


def answer(**fields):
    return {"status": "ready", "rung": "attested", "by": [ANA], "at": TODAY, **fields}


def judged(tables, seen=(), pins=None, waivers=None, today=TODAY):
    state = read_state({**tables, **(waivers or {})}, CATALOGUE, today)
    observations = {one.signal: one for one in seen}
    return assess(CATALOGUE, state, today, observations, pins)


def standing(control, fields, **more):
    return judged({"controls": {control: fields}}, **more).standings[control].standing


def unmet(signal):
    return Observation(signal, Outcome.UNMET, "not found", locations=(Location("api/main.py", 3),))


def met(signal):
    return Observation(signal, Outcome.MET, "found")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Standing.UNANSWERED),
        (answer(), Standing.CLAIMED),
        (answer(rung="observed", by=[]), Standing.PROVEN),
        (answer(rung="verified", verified_by=BO, verified_at=TODAY), Standing.PROVEN),
        (answer(rung="proposed", by=[], proposed_by="agent"), Standing.NEEDS_REVIEW),
        (answer(status="needs-review", gap="partial"), Standing.NEEDS_REVIEW),
        (answer(status="blocker"), Standing.BLOCKER),
        (answer(status="not-applicable", reason="no server"), Standing.NOT_APPLICABLE),
        (answer(text="000000000000"), Standing.LAPSED),
        # Answers that say too little do not count.
        (answer(by=[]), Standing.UNANSWERED),
        (answer(status="not-applicable"), Standing.UNANSWERED),
        (answer(rung="verified", verified_by=ANA), Standing.UNANSWERED),
        (answer(status="redy"), Standing.UNANSWERED),
    ],
)
def test_standing(fields, expected):
    assert standing("rate-limiting", fields) is expected


def test_a_met_signal_alone_never_makes_a_control_ready():
    assert standing("rate-limiting", {}, seen=[met("api.rate-limiting")]) is Standing.UNANSWERED


def test_only_unmet_contradicts():
    for outcome in (Outcome.UNKNOWN, Outcome.PARTIAL, Outcome.MET, Outcome.NOT_APPLICABLE):
        seen = [Observation("api.rate-limiting", outcome, "…")]
        assert standing("rate-limiting", answer(), seen=seen) is Standing.CLAIMED
    assert standing("rate-limiting", answer(), seen=[unmet("api.rate-limiting")]) is Standing.DISPUTED
    observed = answer(rung="observed", by=[])
    assert standing("rate-limiting", observed, seen=[unmet("api.rate-limiting")]) is Standing.LAPSED


def test_a_dispute_note_holds_only_for_the_finding_it_was_written_for():
    noted = answer(dispute_note="the gateway limits", saw="api.rate-limiting unmet api/main.py:3")
    assert standing("rate-limiting", noted, seen=[unmet("api.rate-limiting")]) is Standing.CLAIMED
    moved = Observation("api.rate-limiting", Outcome.UNMET, "not found", locations=(Location("api/new.py", 9),))
    assert standing("rate-limiting", noted, seen=[moved]) is Standing.DISPUTED


def test_watched_content_lapses_an_answer():
    pinned = answer(watch=["api/**"], pins="aaa")
    assert standing("rate-limiting", pinned, pins={"rate-limiting": "aaa"}) is Standing.CLAIMED
    lapsed = judged({"controls": {"rate-limiting": pinned}}, pins={"rate-limiting": "bbb"}).standings["rate-limiting"]
    assert lapsed.standing is Standing.LAPSED
    assert "api/**" in lapsed.why


def test_periods_an_article_states_lapse_and_proposed_ones_do_not():
    weekly = next(c for c in CATALOGUE.controls.values() if c.freshness.basis == "source" and c.freshness.days == 7)
    proposed = next(c for c in CATALOGUE.controls.values() if c.freshness.basis == "proposed" and c.freshness.days)
    assert standing(weekly.id, answer(at=date(2026, 11, 13))) is Standing.CLAIMED
    assert standing(weekly.id, answer(at=date(2026, 11, 12))) is Standing.LAPSED
    assert standing(proposed.id, answer(at=date(2020, 1, 1))) is Standing.CLAIMED


def test_confirmed_scope_settles_what_does_not_apply():
    unconfirmed = {"scope": {"uploads": False}}
    confirmed = {"scope": {"uploads": False, "by": ANA, "at": TODAY}}
    assert judged(unconfirmed).standings["upload-handling"].standing is Standing.UNANSWERED
    settled = judged(confirmed).standings["upload-handling"]
    assert settled.standing is Standing.NOT_APPLICABLE
    assert "uploads" in settled.why


def test_a_waiver_is_shown_and_never_ready():
    waivers = {
        "waivers": {
            "rate-limiting": {
                "reason": "private beta",
                "owner": ANA,
                "approved_by": BO,
                "at": TODAY,
                "expires": date(2026, 12, 1),
            }
        }
    }
    gap = answer(status="blocker")
    assert standing("rate-limiting", gap, waivers=waivers) is Standing.WAIVED
    assert standing("rate-limiting", gap, waivers=waivers, today=date(2026, 12, 2)) is Standing.BLOCKER
    items = judged({"controls": {"rate-limiting": gap}}, waivers=waivers).items
    assert items["six-gates.pr.scalability.rate-limits"].status == "needs-review"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (answer(), answer(), "ready"),
        (answer(), answer(status="not-applicable", reason="none"), "ready"),
        (
            answer(status="not-applicable", reason="none"),
            answer(status="not-applicable", reason="none"),
            "not-applicable",
        ),
        (answer(), answer(status="needs-review", gap="partial"), "needs-review"),
        (answer(status="blocker"), {}, "blocker"),
        (answer(), {}, "unanswered"),
        (answer(status="needs-review", gap="absent"), {}, "unanswered"),
    ],
)
def test_item_state_is_the_first_match(first, second, expected):
    tables = {"controls": {"secrets-manager": first, "no-hardcoded-secrets": second}}
    assert judged(tables).items["fifty-point.4.31"].status == expected


def test_ticked_facets_serve_the_items_that_ask_for_them():
    partly = answer(status="needs-review", gap="partial", facets=["fallback-states"])
    items = judged({"controls": {"ux-fallback-states": partly}}).items
    assert items["fifty-point.5.41"].status == "ready"
    assert items["fifty-point.note.low-confidence"].status == "needs-review"
    proposed = {**partly, "rung": "proposed"}
    assert judged({"controls": {"ux-fallback-states": proposed}}).items["fifty-point.5.41"].status == "needs-review"


def test_an_override_answers_one_item_only():
    override = {"status": "ready", "by": ANA, "at": TODAY, "reason": "vault in place"}
    items = judged({"items": {"fifty-point.4.31": override}}).items
    assert items["fifty-point.4.31"].status == "ready"
    assert items["six-gates.pr.security.secrets"].status == "unanswered"


SECRETS = "fifty-point.4.31"


def decided(status, text="", controls=None, item=SECRETS):
    override = {"status": status, "by": ANA, "at": TODAY, "reason": "vault in place"}
    tables = {"items": {item: override | ({"text": text} if text else {})}, "controls": controls or {}}
    return judged(tables).items[item]


@pytest.mark.parametrize("status", ["ready", "needs-review", "blocker", "not-applicable"])
def test_what_a_person_decided_for_an_item_wins_over_its_controls(status):
    both = {"secrets-manager": answer(), "no-hardcoded-secrets": answer(status="blocker")}
    state = decided(status, CATALOGUE.items[SECRETS].fingerprint, both)
    assert state.status == status
    beside = "" if status == "blocker" else " (its controls alone: blocker)"
    assert state.why == f"{ANA} decided for this item: vault in place{beside}"


@pytest.mark.parametrize(
    ("controls", "expected", "said"),
    [
        # Once the item was reworded the decision satisfies nothing, whatever it was, and hides nothing.
        ({"secrets-manager": answer(), "no-hardcoded-secrets": answer()}, "needs-review", "what Ana"),
        (
            {"secrets-manager": answer(), "no-hardcoded-secrets": answer(status="blocker")},
            "blocker",
            "stopping the launch",
        ),
        ({"secrets-manager": answer()}, "unanswered", "nobody has answered yet"),
        (
            {"secrets-manager": answer(), "no-hardcoded-secrets": answer(status="needs-review")},
            "needs-review",
            "open gap",
        ),
        (
            dict.fromkeys(("secrets-manager", "no-hardcoded-secrets"), answer(status="not-applicable", reason="none")),
            "needs-review",
            "what Ana",
        ),
    ],
)
@pytest.mark.parametrize("status", ["ready", "blocker"])
def test_a_decision_lapses_when_its_item_is_reworded(status, controls, expected, said):
    state = decided(status, "000000000000", controls)
    assert state.status == expected
    assert said in state.why
    assert "lapsed, it was reworded since" in state.why


def test_a_fact_that_was_reworded_is_asked_again():
    item = CATALOGUE.items["prototype-gap.signal.high-scale"]
    for text, known in (("", True), (item.fingerprint, True), ("000000000000", False)):
        override = {"status": "ready", "by": ANA, "reason": "seen", "text": text}
        state = read_state({"items": {item.id: override}}, CATALOGUE, TODAY)
        assert (standing_override(item, state) is not None) is known
    assert standing_override(item, read_state({}, CATALOGUE, TODAY)) is None


def test_an_item_without_controls_waits_for_its_own_answer():
    bare = replace(CATALOGUE.items[SECRETS], controls=())
    checklist = replace(CATALOGUE.checklists["fifty-point"], items=(bare,))
    catalogue = replace(CATALOGUE, checklists={"fifty-point": checklist})
    state = assess(catalogue, read_state({}, CATALOGUE, TODAY), TODAY).items[SECRETS]
    assert (state.status, state.why) == ("unanswered", "a fact to be answered on the item itself")


def test_an_item_says_why_it_is_what_it_is():
    def why(first, second):
        return judged({"controls": {"secrets-manager": first, "no-hardcoded-secrets": second}}).items[SECRETS].why

    assert why(answer(), answer()) == f"stated by {ANA}"
    assert why(answer(), answer(by=[BO])) == f"stated by {ANA}; stated by {BO}"
    assert why(answer(), answer(status="needs-review", gap="absent")) == (
        "no-hardcoded-secrets: open gap: not there yet"
    )
    told = "no-hardcoded-secrets: answered as stopping the launch; note: a key"
    assert why(answer(status="needs-review"), answer(status="blocker", note="a key")) == told
    assert why(answer(), {}) == "no-hardcoded-secrets: nobody has answered yet"
    absent = answer(status="not-applicable", reason="no secrets at all")
    assert why(absent, absent) == "no secrets at all"


def test_a_measurement_beats_the_attestation():
    tables = {"controls": {"fast-rollback": answer()}, "measurements": {"rollback_s": {"value": 75, "unit": "s"}}}
    item = next(i for i in CATALOGUE.items.values() if any(t.metric == "rollback_s" for t in i.thresholds))
    assert judged(tables).items[item.id].status == "needs-review"
    tables["measurements"]["rollback_s"]["value"] = 45
    assert judged(tables).items[item.id].status == "ready"


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"controls": {"rate-limitng": {}}}, "did you mean 'rate-limiting'"),
        ({"controls": {"rate-limiting": answer(at=date(2027, 1, 1))}}, "future"),
        ({"controls": {"rate-limiting": answer(evidence=[{"kind": "link"}])}}, "a link needs url"),
        ({"workbook": {"decides": "fifty-points"}}, "did you mean 'fifty-point'"),
        ({"workbook": {"profiles": ["prelaunch"]}}, "did you mean 'pre-launch'"),
        ({"controls": {"rate-limiting": 3}}, "must be a table"),
        ({"scope": {"upload": True}}, "did you mean 'uploads'"),
        ({"measurements": {"p95_ms": {"value": "fast", "unit": "ms"}}}, "must be a number"),
    ],
)
def test_problems_name_the_file_the_table_and_the_way_out(tables, said):
    problems = read_state(tables, CATALOGUE, TODAY).problems
    assert problems
    assert all(problem.file == "readiness.toml" for problem in problems)
    assert any(said in str(problem) for problem in problems)


# What is seen beside the state


def test_standings_and_gaps_have_plain_words():
    assert PLAIN == {
        "proven": "backed",
        "claimed": "stated",
        "lapsed": "needs a fresh look",
        "disputed": "probe disagrees",
        "waived": "risk accepted",
        "needs-review": "open gap",
        "blocker": "stops launch",
        "not-applicable": "doesn't apply",
        "unanswered": "not answered",
    }


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "nobody has answered yet"),
        (answer(status="blocker"), "answered as stopping the launch"),
        (answer(status="blocker", note="none"), "answered as stopping the launch; note: none"),
        (answer(rung="proposed", by=[], proposed_by="agent"), "yes, proposed by agent; a person has to confirm it"),
        (
            answer(status="blocker", rung="proposed", by=[], proposed_by="agent"),
            "stops launch, proposed by agent; a person has to confirm it",
        ),
        (
            answer(status="not-applicable", rung="proposed", by=[], proposed_by="agent", reason="no server"),
            "doesn't apply, proposed by agent; a person has to confirm it",
        ),
        (
            answer(status="needs-review", gap="partial", rung="proposed", by=[], proposed_by="agent"),
            "partly there, proposed by agent; a person has to confirm it",
        ),
        (answer(rung="proposed", by=[ANA, BO]), f"yes, proposed by {ANA}, {BO}; a person has to confirm it"),
        (answer(status="needs-review", gap="partial"), "partly there"),
        (answer(status="needs-review", gap="unknown"), "nobody knows yet"),
        (answer(status="needs-review", note="only login"), "nobody knows yet; note: only login"),
        (answer(status="not-applicable", reason="no server"), "no server"),
        (answer(status="not-applicable", reason="", note="none"), "none"),
        (answer(rung="verified", verified_by=BO), f"verified by {BO}"),
        (answer(rung="observed", by=[], saw="api.rate-limiting met"), "observed: api.rate-limiting met"),
        (answer(by=[ANA, BO]), f"stated by {ANA}, {BO}"),
    ],
)
def test_a_standing_says_why(fields, why):
    assert judged({"controls": {"rate-limiting": fields}}).standings["rate-limiting"].why == why


def test_a_contradiction_says_what_the_probe_saw_and_is_a_cause():
    def told(**fields):
        return judged({"controls": {"rate-limiting": answer(**fields)}}, seen=[unmet("api.rate-limiting")])

    disputed = told().standings["rate-limiting"]
    assert (disputed.why, disputed.cause) == ("api.rate-limiting: not found", Cause.PROBE)
    lapsed = told(rung="observed", by=[]).standings["rate-limiting"]
    assert (lapsed.why, lapsed.cause) == ("the probe no longer sees it: not found", Cause.PROBE)
    noted = told(dispute_note="the gateway limits", saw="api.rate-limiting unmet api/main.py:3").standings[
        "rate-limiting"
    ]
    assert (noted.why, noted.cause) == ("stated against the probe: the gateway limits", None)
    assert told(saw="api.rate-limiting unmet api/main.py:3").standings["rate-limiting"].standing is Standing.DISPUTED


def test_a_lapse_says_why_and_what_caused_it():
    lapsed = judged({"controls": {"rate-limiting": answer(text="000000000000")}}).standings["rate-limiting"]
    assert (lapsed.why, lapsed.cause) == ("the question changed since it was answered", Cause.TEXT)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a unmet x.py:3", "a unmet x.py:9", True),
        ("a unmet x.py:3; b met y.py:1", "a unmet x.py:4; b met y.py:2", True),
        ("a unmet x.py:3", "a unmet y.py:3", False),
        ("a unmet x.py", "a met x.py", False),
        ("a unmet x:3y.py", "a unmet x:4y.py", False),
    ],
)
def test_lines_move_and_places_do_not(one, other, same):
    assert same_sight(one, other) is same


def test_what_the_probes_said_fits_one_line():
    control = next(name for name, signals in CATALOGUE.feeding.items() if len(signals) > 1)
    first, second = CATALOGUE.feeding[control][:2]
    seen = {
        first.id: Observation(first.id, Outcome.UNMET, "…", locations=(Location("a.py", 3), Location("b.py", 4))),
        second.id: Observation(second.id, Outcome.MET, "…", locations=(Location("c.py"),)),
    }
    assert saw(CATALOGUE, control, seen) == f"{first.id} unmet a.py:3; {second.id} met c.py"
    assert saw(CATALOGUE, control, {second.id: Observation(second.id, Outcome.MET, "…")}) == f"{second.id} met"
    assert saw(CATALOGUE, control, {}) == ""


FACT = Proposal("uploads", True, "an upload form", (Location("web/form.py", 7),))


def test_a_denied_fact_that_a_probe_sees_is_contrary():
    denied = read_state({"scope": {"uploads": False, "by": ANA, "at": TODAY}}, CATALOGUE, TODAY).scope
    assert contrary(denied, [FACT]) == {"uploads": "an upload form (web/form.py:7)"}
    assert contrary(denied, [replace(FACT, locations=())]) == {"uploads": "an upload form"}
    assert contrary(denied, [replace(FACT, holds=False)]) == {}
    assert contrary(denied, [replace(FACT, fact="model")]) == {}
    said = read_state({"scope": {"uploads": True, "by": ANA, "at": TODAY}}, CATALOGUE, TODAY).scope
    assert contrary(said, [FACT]) == {}
    unsigned = read_state({"scope": {"uploads": False}}, CATALOGUE, TODAY).scope
    assert contrary(unsigned, [FACT]) == {}
    assert contrary(replace(denied, despite=("uploads",)), [FACT]) == {}


def test_a_contrary_fact_reopens_what_scope_settled():
    def told(controls, against):
        tables = {"scope": {"uploads": False, "by": ANA, "at": TODAY}, "controls": controls}
        state = read_state(tables, CATALOGUE, TODAY)
        return assess(CATALOGUE, state, TODAY, contrary=against).standings["upload-handling"]

    settled = told({}, {"model": "a call"})
    assert (settled.standing, settled.why) == (Standing.NOT_APPLICABLE, f"scope confirmed by {ANA}: no uploads")
    reopened = told({}, {"uploads": "an upload form"})
    assert (reopened.standing, reopened.cause) == (Standing.UNANSWERED, Cause.PROBE)
    assert reopened.why == "scope says no uploads, but an upload form"
    absent = {"upload-handling": answer(status="not-applicable", reason="none")}
    disputed = told(absent, {"uploads": "an upload form"})
    assert (disputed.standing, disputed.cause) == (Standing.DISPUTED, Cause.PROBE)
    assert disputed.why == "it was said not to apply, but an upload form"
    assert told(absent, {}).standing is Standing.NOT_APPLICABLE
    noted = {"upload-handling": {**absent["upload-handling"], "dispute_note": "a demo page"}}
    assert told(noted, {"uploads": "an upload form"}).standing is Standing.NOT_APPLICABLE


def waiver(**fields):
    stated = {"reason": "private beta", "owner": ANA, "approved_by": BO, "at": TODAY, "expires": date(2026, 12, 1)}
    return {"waivers": {"rate-limiting": {**stated, **fields}}}


def test_a_waiver_says_who_accepted_what_and_until_when():
    told = judged({"controls": {"rate-limiting": answer(status="needs-review")}} | waiver()).standings["rate-limiting"]
    assert told.standing is Standing.WAIVED
    assert told.why == f"{BO} accepted the risk until 2026-12-01: private beta"


@pytest.mark.parametrize("status", ["ready", "not-applicable"])
def test_a_waiver_covers_gaps_alone(status):
    tables = {"controls": {"rate-limiting": answer(status=status, reason="none")}} | waiver()
    assert judged(tables).standings["rate-limiting"].standing is not Standing.WAIVED


@pytest.mark.parametrize(
    ("accepted", "seen", "expected"),
    [
        ("api.rate-limiting unmet api/main.py:9", [unmet("api.rate-limiting")], Standing.WAIVED),
        ("api.rate-limiting unmet api/old.py:9", [unmet("api.rate-limiting")], Standing.BLOCKER),
        ("", [unmet("api.rate-limiting")], Standing.WAIVED),
        ("api.rate-limiting unmet api/old.py:9", [met("api.rate-limiting")], Standing.WAIVED),
        ("api.rate-limiting unmet api/old.py:9", [], Standing.WAIVED),
    ],
)
def test_a_waiver_ends_when_the_probes_see_more_than_was_accepted(accepted, seen, expected):
    tables = {"controls": {"rate-limiting": answer(status="blocker")}} | waiver(
        **({"saw": accepted} if accepted else {})
    )
    assert judged(tables, seen=seen).standings["rate-limiting"].standing is expected


def test_four_eyes_wait_for_a_second_person():
    severity = CATALOGUE.controls["rate-limiting"].severity
    others = [name for name in ("blocker", "high", "medium", "low") if name != severity]

    def told(eyes, **fields):
        tables = {"workbook": {"four_eyes": eyes}, "controls": {"rate-limiting": answer(**fields)}}
        return judged(tables).standings["rate-limiting"]

    assert told([severity]).standing is Standing.NEEDS_REVIEW
    assert told([severity]).why == f"stated by {ANA}; a second person has to verify it"
    assert told(others).standing is Standing.CLAIMED
    assert told([severity], rung="verified", verified_by=BO).standing is Standing.PROVEN


def test_fresh_probes_renew_only_where_every_one_agrees():
    control = next(
        name for name, signals in CATALOGUE.feeding.items() if len(signals) > 1 and not CATALOGUE.controls[name].facts
    )
    signals = [signal.id for signal in CATALOGUE.feeding[control]]
    observed = answer(rung="observed", by=[], watch=["api/**"], pins="aaa")

    def told(*outcomes):
        seen = [Observation(name, outcome, "…") for name, outcome in zip(signals, outcomes, strict=False)]
        return judged({"controls": {control: observed}}, seen=seen, pins={control: "bbb"}).standings[control].standing

    assert told() is Standing.LAPSED
    assert told(Outcome.MET) is Standing.PROVEN
    assert told(Outcome.MET, Outcome.NOT_APPLICABLE) is Standing.PROVEN
    assert told(Outcome.MET, Outcome.UNKNOWN) is Standing.LAPSED
    assert told(Outcome.MET, Outcome.PARTIAL) is Standing.LAPSED


def test_a_release_is_passed_on():
    control = next(
        c.id for c in CATALOGUE.controls.values() if c.freshness.basis == "source" and "release" in c.freshness.on
    )
    state = read_state({"controls": {control: answer(at=date(2026, 11, 1))}}, CATALOGUE, TODAY)
    release = Release("v2", date(2026, 11, 10))
    assert assess(CATALOGUE, state, TODAY, release=release).standings[control].cause is Cause.RELEASE
    assert assess(CATALOGUE, state, TODAY).standings[control].standing is Standing.CLAIMED


def test_facets_serve_only_a_gap_that_a_person_answered():
    item = CATALOGUE.items["fifty-point.5.41"]
    ticked = {"facets": [item.facet]}
    lapsed = answer(text="000000000000", **ticked)
    assert judged({"controls": {"ux-fallback-states": lapsed}}).items[item.id].status == "needs-review"
    bare = replace(item, facet="")
    catalogue = replace(
        CATALOGUE, checklists={"fifty-point": replace(CATALOGUE.checklists["fifty-point"], items=(bare,))}
    )
    gap = answer(status="needs-review", facets=[""])
    state = read_state({"controls": {"ux-fallback-states": gap}}, CATALOGUE, TODAY)
    assert assess(catalogue, state, TODAY).items[item.id].status == "needs-review"
