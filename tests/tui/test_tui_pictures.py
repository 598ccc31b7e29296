"""The pictures of the documents are what the program draws of the sample today."""

import asyncio
from pathlib import Path

from tui.pictures import draw
from workbook.sample import NAME, materialize

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def test_the_pictures_of_the_documents_are_drawn_the_same_again(tmp_path):
    drawn = asyncio.run(draw(materialize(tmp_path / NAME), tmp_path / "drawn"))
    assert len(drawn) >= 5
    stale = [path.name for path in drawn if (PICTURES / path.name).read_bytes() != path.read_bytes()]
    assert stale == [], "draw them again: make docs"
