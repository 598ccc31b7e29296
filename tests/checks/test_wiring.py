"""What cannot be read in full leaves answers open, unless it cannot run as it stands."""

from __future__ import annotations

import pytest

from checks.application.wiring import blind_spots, unread_code, without_comments

_APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"


@pytest.mark.parametrize("place", ["$HANDLER", "    ${body}", "{{ routes }}", "{% if tracing %}"])
def test_a_template_of_code_is_no_blind_spot(look_at, place):
    look = look_at({"main.py": _APP, "templates/scorer.py": f"import os\n\n{place}\n\nasync def run(:\n    pass\n"})
    assert unread_code(look) == ()
    assert blind_spots(look) == ""
    assert [item.path for item in look.unread] == ["templates/scorer.py"]


@pytest.mark.parametrize("line", ["def run(:", "x = $HANDLER + 1", "print 'old'"])
def test_code_that_does_not_parse_is_a_blind_spot(look_at, line):
    look = look_at({"main.py": _APP, "scorer.py": f"import os\n\n{line}\n"})
    assert unread_code(look) == ("scorer.py",)
    assert "scorer.py" in blind_spots(look)


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\n\n\n# one\n\n    # two\nb = 2  # three\n",
        "const a = 1;\n\n// one\n\n/* two\n   three */\nconst b = 2; // four\n",
        "SELECT 1;\n--\nSELECT 2; -- one\n\n-- two\n",
        "\t#!shebang\n\r\n  # crlf\r\nlast",
    ],
)
def test_taking_comments_out_keeps_every_line_where_it_is(text):
    bare = without_comments(text)
    assert bare.count("\n") == text.count("\n")
    for said in ("one", "two", "three", "four"):
        assert said not in bare
    for before, after in zip(text.split("\n"), bare.split("\n"), strict=True):
        assert before.startswith(after.rstrip("\r")) or not after.strip()
