"""The probe on repositories that have the gap, and on ones that have not."""

from __future__ import annotations

import pytest
from acme_readiness.probes import rota

from checks.plugins.testing import observed


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"ROTA.md": "- 2026-W48: Ana Example\n- 2026-W49: Bo Sample\n"}, "met"),
        ({"docs/ROTA.md": "# Rota\n\n- 2026-W48: Ana Example\n- 2026-W49: Bo Sample\n"}, "met"),
        ({"ROTA.md": "- 2026-W48: Ana Example\n- 2026-W49: Ana Example\n"}, "partial"),
        ({"ROTA.md": "To be done.\n"}, "unmet"),
        ({"README.md": "On call: see the rota.\n"}, "unmet"),
        ({"ROTA.md": b"\xff\xfe\x00 no text"}, "unknown"),
    ],
)
def test_the_rota(files: dict[str, str | bytes], outcome: str) -> None:
    assert observed(rota, files).outcome == outcome
