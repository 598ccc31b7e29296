"""Code that measures or tries the product and is not the product: evaluations, benchmarks, experiments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.files.listed import CODE_OF_PRODUCT, named_so
from checks.once import once

if TYPE_CHECKING:
    from checks.look import Look

_FOLDER = re.compile(
    r"(?i)(?:^|/)(?:[\w-]{1,60}[_-])?(?:evals?|evaluations?|evaluators?|benchmarks?|benchmarking|experiments?|scorers?)(?:[_-]\w+)?/"
)
_FILE = re.compile(
    r"(?i)(?:^|/)(?:(?:run[_-])?(?:evals?|evaluat(?:e|ion)|benchmarks?|bench)(?:[_-]\w+)?\.py|\w+[_-]evals?\.py"
    r"|[\w.-]+\.evals?\.[cm]?[jt]sx?|(?:run[_-]?)?(?:evals?|evaluate)\.[cm]?[jt]s)$"
)


@once
def development_files(look: Look) -> frozenset[str]:
    """Files of evaluation and experiment folders that nothing of the product loads.

    None where the product itself is of that kind: it has no entry point anywhere else.
    """
    paths = {*look.tree.named_like(_FOLDER), *look.tree.named_like(_FILE)}
    named = set(filter(named_so(CODE_OF_PRODUCT), paths))
    if not named or not any(entry.path not in named for entry in look.reach.entry_points):
        return frozenset()
    served = {path for path in named if look.reach.served(path) is True}
    waiting = [path for path in named if any(_is_of_product(look, one, named) for one in look.reach.imported_by(path))]
    while waiting:  # what the product loads may load its neighbors
        path = waiting.pop()
        if path in named and path not in served:
            served.add(path)
            waiting += look.reach.imports_of(path)
    return frozenset(named - served)


def _is_of_product(look: Look, path: str, named: set[str]) -> bool:
    return path not in named and look.reach.reached(path) is not False
