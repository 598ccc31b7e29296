"""What several test folders share."""

from __future__ import annotations

import os
import shutil

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The Chromium on this machine; without one the test is skipped, or fails where a browser is required."""
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    missing = "no Chromium on this machine; install one with: apt-get install chromium"
    if os.environ.get("READINESS_REQUIRE_BROWSER") == "1":
        pytest.fail(missing)
    pytest.skip(missing)
