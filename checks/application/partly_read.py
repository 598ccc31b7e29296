"""Files of code that their reader could not take in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look


def partly_read(look: Look, paths: Iterable[str]) -> list[str]:
    """Those of `paths`, Python or web code, that could not be taken in full; the trouble counts for who asks."""
    found = [path for path in paths if look.answer_of(_is_partial, path, "")]
    for path in found:
        look.module(path)
    return found


@of_one_file
def _is_partial(look: Look, path: str, _: str) -> bool:
    module = look.module(path)
    return module is None or not module.complete
