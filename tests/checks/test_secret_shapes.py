import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checks.secrets import shapes
from checks.secrets.formats import FORMATS, LONG_WORDS, LOOSE, Format
from checks.secrets.shapes import REDACTED, find, harmless, redact

# Assembled here so that no scanner of this repository takes the test for a leak.
KEYS = {
    "AWS access key id": "AKIA" + "Z7QWERTYUIOP3K9M",
    "GitHub token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "OpenAI key": "sk-" + "proj-" + "Q9w8E7r6T5y4U3i2O1p0A9s8D7f6G5h4J3k2",
    "Anthropic key": "sk-" + "ant-api03-" + "Q9w8E7r6T5y4U3i2O1p0A9s8",
    "Google API key": "AIza" + "SyQ9w8E7r6T5y4U3i2O1p0A9s8D7f6G5h4J",
    "Stripe key": "sk_" + "live_" + "Q9w8E7r6T5y4U3i2O1p0",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_providers_format_is_found_where_it_stands(kind):
    text = f"first line\nvalue = {KEYS[kind]}\n"
    (secret,) = find(text)
    assert (secret.kind, secret.line) == (kind, 2)
    assert text[secret.start : secret.end] == KEYS[kind]


@pytest.mark.parametrize("name", ["API_KEY", "db_password", "client-secret", "accessToken"])
def test_a_generated_value_under_a_telling_name_is_found(name):
    (secret,) = find(f'{name} = "f3Kq9Zr1Lx8Vb2Nm7Wc4"')
    assert name.split("-")[-1] in secret.kind


def test_the_name_is_taken_from_its_own_line():
    (secret,) = find('# rotate it before the pilot\nAPI_KEY = "f3Kq9Zr1Lx8Vb2Nm7Wc4"')
    assert (secret.kind, secret.line) == ("value of API_KEY", 2)


@pytest.mark.parametrize(
    "line",
    [
        'API_KEY = "your-api-key-here"',
        'API_KEY = os.environ["OPENAI_API_KEY_PROD1"]',
        'password = "correct horse"',
        'PASSWORD_LABEL = "password-field-1a"',
        'token_url = "https://example.com/oauth2/v1/token9"',
        "AKIAIOSFODNN7EXAMPLE",
        "sk-" + "a" * 40,
        '"password": "パスワードを入力してください123"',
        'secret = "${SECRET_FROM_VAULT_1}"',
        "postgresql://user:${PASSWORD}@db/app",
    ],
)
def test_look_alikes_are_left_alone(line):
    assert list(find(line)) == []


@given(st.text(max_size=80), st.sampled_from(sorted(KEYS)), st.text(max_size=80))
def test_no_known_key_survives_redaction(before, kind, after):
    edge = string.ascii_letters + string.digits + "_-"
    if before[-1:] in edge or after[:1] in edge:
        return
    assert KEYS[kind] not in redact(f"{before}{KEYS[kind]}{after}") or "EXAMPLE" in before.upper()


def test_redaction_keeps_the_rest():
    assert redact(f"a {KEYS['Stripe key']} b") == f"a {REDACTED} b"


@pytest.mark.parametrize("one", [one for one in FORMATS if one.is_word], ids=lambda one: one.hints[0])
@settings(max_examples=20)
@given(st.data())
def test_what_a_format_of_long_words_matches_lies_within_one(one: Format, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(one.pattern))
    match = one.pattern.search(text)
    assume(match is not None)
    assert match is not None
    assert any(word.start() <= match.start() and match.end() <= word.end() for word in LONG_WORDS.finditer(text))
    assert any(hint in match[0] for hint in one.hints)


@pytest.mark.parametrize("one", LOOSE, ids=range(len(LOOSE)))
@settings(max_examples=20)
@given(st.data())
def test_what_a_loose_shape_matches_holds_one_of_its_hints(one: Format, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(one.pattern))
    match = one.pattern.search(text)
    assume(match is not None)
    assert match is not None
    assert any(hint in match[0].lower() for hint in one.hints)


WORDS = (
    *("secret", "Token", "API-KEY", "api_key", "password", "credential", "access_key", "q8Zr2LmX0vTn5KdW", "h7Gk2Pq9"),
    *("\u017f", "\u0130", "\u212a", "_", "||"),
)
PARTS = st.sampled_from([*WORDS, " = ", ": ", '"', "'", "\n", "x" * 61])


@settings(max_examples=100)
@given(st.sampled_from([*FORMATS, *LOOSE]), st.data())
def test_what_is_replaced_in_one_of_many_texts_is_told_of_all(one: Format, data: st.DataObject) -> None:
    whole = data.draw(st.from_regex(one.pattern))
    # Also beside the beginning of another one, which could swallow it.
    begins = st.sampled_from([whole[: len(whole) // 2], whole[:-1], *KEYS.values()])
    near = st.lists(st.one_of(begins, st.lists(PARTS, max_size=5).map("".join)), max_size=3)
    texts = [*data.draw(near), whole, *data.draw(near)]
    if any(redact(text) != text for text in texts):
        assert not harmless(texts)


def test_ordinary_texts_are_harmless_together():
    assert harmless(["src/app/main_1.py", "2 of 3 calls: a timeout", "", "token", '= "', "counted = 7"])


@given(st.lists(PARTS, max_size=24).map("".join))
def test_assigned_values_are_what_their_pattern_finds(text: str) -> None:
    found = [match.span() for match in shapes._assignments(text)]
    assert found == [match.span() for match in shapes.ASSIGNED.finditer(text)]
