"""What cannot be read in full leaves answers open, unless it cannot run as it stands."""

from __future__ import annotations

import pytest

from checks.application.wiring import blind_spots, unread_code

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
