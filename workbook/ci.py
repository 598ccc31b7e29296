"""What the host of a CI run tells of it: what started it, what it is compared with, the description of the request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from workbook.errors import Refused
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular

EVENT_CAP: Final = 32 * 1024 * 1024
"""Bytes of an event that are read; hosts send at most 25 MB."""

_REQUESTS: Final = ("pull_request", "pull_request_target", "merge_group", "pull_request_review")


class Occasion(StrEnum):
    """What a run is for."""

    PULL_REQUEST = "pull-request"
    SCHEDULE = "schedule"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Description:
    """What a pull request says of itself. Untrusted text."""

    body: str
    source: str
    """Where it was read, for people."""
    author: str = ""
    number: str = ""
    truncated: bool = False
    """Whether the host cut it, so that what is not in it is unknown."""


def occasion(environment: Mapping[str, str]) -> Occasion:
    """What started this run; outside of CI, and for anything else, a push."""
    event = environment.get("GITHUB_EVENT_NAME", "")
    if event in _REQUESTS or environment.get("CI_PIPELINE_SOURCE") == "merge_request_event":
        return Occasion.PULL_REQUEST
    scheduled = "schedule" in (event, environment.get("CI_PIPELINE_SOURCE"))
    return Occasion.SCHEDULE if scheduled else Occasion.PUSH


def base(environment: Mapping[str, str]) -> str:
    """The commit or branch a request is compared with, as its host names it; "" where it names none.

    Raises:
        Refused: the event cannot be read, or its checkout is not the request.
    """
    if environment.get("GITHUB_EVENT_NAME") == "pull_request_target":
        raise Refused(
            "pull_request_target checks out where the request goes, not the request", "run this on pull_request"
        )
    if commit := environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        return commit
    if environment.get("GITHUB_EVENT_NAME") not in _REQUESTS:
        return ""
    if branch := environment.get("GITHUB_BASE_REF"):
        return f"origin/{branch}"
    event = _event(environment)
    found = _within(event, "pull_request", "base", "sha") or _within(event, "merge_group", "base_sha")
    return found if isinstance(found, str) else ""


def description(environment: Mapping[str, str]) -> Description | None:
    """The description of the request that this run is for; None where there is no request.

    Raises:
        Refused: the event cannot be read.
    """
    if "CI_MERGE_REQUEST_DESCRIPTION" in environment or environment.get("CI_MERGE_REQUEST_IID"):
        return Description(
            environment.get("CI_MERGE_REQUEST_DESCRIPTION", ""),
            "CI_MERGE_REQUEST_DESCRIPTION",
            environment.get("GITLAB_USER_LOGIN", ""),
            environment.get("CI_MERGE_REQUEST_IID", ""),
            truncated=environment.get("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED", "").lower() == "true",
        )
    if not environment.get("GITHUB_EVENT_PATH"):
        return None
    event = _event(environment)
    if not isinstance(event.get("pull_request"), dict):
        return None
    said, who = _within(event, "pull_request", "body"), _within(event, "pull_request", "user", "login")
    number = _within(event, "pull_request", "number")
    return Description(
        said if isinstance(said, str) else "",
        "GITHUB_EVENT_PATH",
        who if isinstance(who, str) else "",
        str(number) if isinstance(number, int) else "",
    )


def _event(environment: Mapping[str, str]) -> dict[str, Any]:
    path = Path(environment.get("GITHUB_EVENT_PATH", ""))
    remedy = "name the description instead: readiness pr read FILE"
    try:
        event = json.loads(read_regular(path, EVENT_CAP))
    except NotRegularError as error:
        raise Refused(f"GITHUB_EVENT_PATH: {path} is {error}", remedy) from None
    except TooLargeError:
        raise Refused(f"GITHUB_EVENT_PATH: {path} is larger than {EVENT_CAP // 2**20} MiB", remedy) from None
    except OSError as error:
        raise Refused(f"GITHUB_EVENT_PATH: {path}: {explain(error)[0]}", remedy) from None
    except (ValueError, RecursionError):
        raise Refused(f"GITHUB_EVENT_PATH: {path} holds no JSON", remedy) from None
    return event if isinstance(event, dict) else {}


def _within(data: object, *keys: str) -> object:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data
