"""What a probe showed when an answer was given contradicts it until more is known."""

from datetime import date

import pytest

from checks.observation import Location, Observation, Outcome
from workbook.answers import read_state
from workbook.assess import Standing, assess
from workbook.catalogue import load_catalogue

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 20)
CONTROL = "no-hardcoded-secrets"


def met(signal):
    return Observation(signal, Outcome.MET, "found")


def judged(seen, **fields):
    said = {"status": "ready", "rung": "attested", "by": ["Ana Example <ana@example.com>"], "at": TODAY, **fields}
    state = read_state({"controls": {CONTROL: said}}, CATALOGUE, TODAY)
    return assess(CATALOGUE, state, TODAY, {one.signal: one for one in seen}).standings[CONTROL]


KEYS_IN_CODE = "secrets.none-in-code"


def test_what_was_verified_against_a_probe_is_only_stated_whether_somebody_looked_again_or_not():
    fields = {
        "rung": "verified",
        "verified_by": "Bo Sample <bo@example.com>",
        "dispute_note": "the key is a public one",
        "saw": f"{KEYS_IN_CODE} unmet api/llm.py:12",
    }
    place = Location("api/llm.py", 12)
    unmet = Observation(KEYS_IN_CODE, Outcome.UNMET, "a key", locations=(place,))
    for seen in ([], [Observation(KEYS_IN_CODE, Outcome.UNKNOWN, "…")], [unmet]):
        one = judged(seen, **fields)
        assert (one.standing, one.why) == (Standing.CLAIMED, "stated against the probe: the key is a public one"), seen
    assert judged([met(KEYS_IN_CODE)], **fields).standing is Standing.PROVEN


@pytest.mark.parametrize(
    ("saw", "seen", "expected"),
    [
        ("secrets.none-in-code unmet api/llm.py:12; secrets.no-env-file met", [], Standing.DISPUTED),
        ("secrets.no-env-file met; secrets.none-in-code unmet", [], Standing.DISPUTED),
        ("secrets.none-in-code unmet", [met("secrets.no-env-file")], Standing.DISPUTED),
        ("secrets.none-in-code unmet", [Observation(KEYS_IN_CODE, Outcome.UNKNOWN, "…")], Standing.DISPUTED),
        ("secrets.none-in-code unmet", [met("secrets.none-in-code")], Standing.CLAIMED),
        ("secrets.none-in-code partial; secrets.no-env-file met", [], Standing.CLAIMED),
        ("secrets.none-in-code met unmet:3", [], Standing.CLAIMED),
        ("api.rate-limiting unmet api/main.py:3", [], Standing.CLAIMED),
        ("", [], Standing.CLAIMED),
    ],
)
def test_what_contradicted_an_answer_when_it_was_given_counts_until_more_is_known(saw, seen, expected):
    one = judged(seen, saw=saw)
    assert one.standing is expected
    assert (KEYS_IN_CODE in one.why) is (expected is Standing.DISPUTED)
    assert judged(seen, saw=saw, dispute_note="the key is a public one").standing is Standing.CLAIMED
