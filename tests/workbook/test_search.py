from workbook.answers import Gap, Status
from workbook.search import FILTERS, found, parsed, values
from workbook.session import Session


def ids(session, typed, moved=()):
    return [hit.control.id for hit in found(session.catalogue, session.state, session.assessment, parsed(typed), moved)]


def begun(repository):
    session = Session(repository)
    session.start(["fifty-point", "six-gates"])
    session.answer("rate-limiting", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    session.assign("rate-limiting", "Bo Sample <bo@example.com>", None)
    return session


def test_words_find_titles_questions_and_standings(repository):
    session = begun(repository)
    assert ids(session, "rate limits")[0] == "rate-limiting"
    assert ids(session, "open gap") == ["rate-limiting"]
    assert not ids(session, "rate nonsense-word")


def test_each_filter_narrows(repository):
    session = begun(repository)
    everything = set(ids(session, ""))
    assert everything == set(session.catalogue.controls)
    assert ids(session, "standing:open-gap") == ["rate-limiting"]
    assert ids(session, "owner:bo") == ["rate-limiting"]
    assert set(ids(session, "owner:none")) == everything - {"rate-limiting"}
    assert ids(session, "changed:yes", ["runbooks"]) == ["runbooks"]
    assert set(ids(session, "checklist:six-gates")) == set(session.catalogue.controls_of(("six-gates",)))
    assert all(session.catalogue.controls[one].severity == "blocker" for one in ids(session, "severity:blocker"))
    assert all(session.catalogue.controls[one].area == "security" for one in ids(session, "area:security"))
    assert "rate-limiting" in ids(session, "severity: rate"), "a half-typed filter hides nothing yet"


def test_what_decides_is_said_and_comes_first_among_equals(repository):
    session = begun(repository)
    hits = found(session.catalogue, session.state, session.assessment, parsed("severity:low"))
    assert [hit.decides for hit in hits] == sorted((hit.decides for hit in hits), reverse=True)
    assert {hit.decides for hit in hits} == {True, False}
    assert all(("fifty-point" in hit.asked_in) is hit.decides for hit in hits)


def test_every_filter_offers_values_that_find_or_are_known(repository):
    session = begun(repository)
    for name in FILTERS:
        for value in values(session.catalogue, session.state, name):
            assert parsed(f"{name}:{value}").filters == ((name, value.lower()),)
    assert "Bo" in values(session.catalogue, session.state, "owner")


def test_a_mistyped_filter_is_named():
    assert "severity" in parsed("severty:high").wrong
    assert not parsed("https://example.com").wrong
