"""Files of code that their reader could not take in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.reads import Question, of_one_file

if TYPE_CHECKING:
    from checks.look import Look


def partly_read(look: Look, *among: Question) -> list[str]:
    """Those of the files that are called so, Python or web code, that could not be taken in full.

    The trouble counts for who asks.
    """
    found = [path for one in among for path in look.gather(_is_partial, "", one)]
    for path in found:
        look.module(path)
    return found


@of_one_file
def _is_partial(look: Look, path: str, _: str) -> bool:
    module = look.module(path)
    return module is None or not module.complete
