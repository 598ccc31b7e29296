from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from checks.look import Look
from checks.observation import Observation
from checks.topics.governance import license_file


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"LICENSE": "MIT License\n"}, "met"),
        ({"COPYING": "GNU General Public License\n"}, "met"),
        ({"README.md": "# Acme\n\n## License\n\nMIT\n"}, "partial"),
        ({"package.json": '{\n  "license": "MIT"\n}\n'}, "partial"),
        ({"LICENSE": "\n", "README.md": "# Acme\n"}, "unmet"),
        ({"README.md": "# Acme\n"}, "unmet"),
    ],
)
def test_a_license_needs_a_file(
    look_at: Callable[[Mapping[str, str]], Look], files: dict[str, str], expected: str
) -> None:
    observation = license_file(look_at(files))
    assert isinstance(observation, Observation)
    assert observation.outcome.value == expected
