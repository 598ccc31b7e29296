"""Who owns, reviews and licenses the code: files that a host or a lawyer looks for."""

from __future__ import annotations

import re

from checks.blanks import said_of, unfilled
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe

CODEOWNERS = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
LICENSES = ("LICENSE*", "LICENCE*", "COPYING*", "UNLICENSE*", "LICENSES/*")
_LICENSE = re.compile(r"(?i)(?:licen[cs]es?|copying|unlicense)(?:[-_.][\w.-]+)?|LICENSES/[^/]+")
_CODE = re.compile(r"\.(?:py|[cm]?[jt]sx?|json|ya?ml|toml|go|rs|sh|css)$")
_LICENSE_NAMED = re.compile(
    r"(?im)^\s*\"?license\"?\s*[=:](?!\s*[\"'](?:UNLICENSED|proprietary))|^#+[^\n\w]*licen[sc]e|\"license\"\s*:\s*\"(?!UNLICENSED)|^licen[cs]e\n[-=~]{3,}"
    r"|\b(?:MIT|Apache(?:[- ]2\.0)?|BSD|A?GPL\S*|MPL|ISC)[- ]licen[sc]ed?\b|\blicen[sc]ed under\b"
    r"|\bbadge/licen[sc]e-+(?:MIT|Apache|BSD|[AL]?GPL|MPL|ISC|EUPL|CC|Unlicense)"
    r"|!\[licen[sc]e:? ?(?:MIT|Apache|BSD|[AL]?GPL|MPL|ISC|EUPL|CC)\b"
)
POLICIES = tuple(
    f"{folder}SECURITY.{end}" for folder in ("", ".github/", "docs/") for end in ("md", "rst", "txt", "adoc")
)
_UNTOUCHED_POLICY = re.compile(r"(?i)use this section to tell people")
"""The words of the form that a host offers for a new policy."""
_NOTE = 20
"""Words of a note to oneself."""
_SENTENCE = 6
"""Words below which a policy tells nobody anything."""
_UNDERLINED = re.compile(r"(?m)^(\S[^\n]{0,80})(?=\n([=\-~^])\2{2,}[ ]*$)")
"""The title of a section in reStructuredText, and in Markdown's older spelling."""
SECURITY_TXT = ("**/.well-known/security.txt",)
PR_TEMPLATES = (
    "pull_request_template.*",
    "PULL_REQUEST_TEMPLATE.*",
    "docs/pull_request_template.*",
    "docs/PULL_REQUEST_TEMPLATE.*",
    ".github/pull_request_template.*",
    ".github/PULL_REQUEST_TEMPLATE.*",
    ".github/PULL_REQUEST_TEMPLATE/*",
    ".github/pull_request_template/*",
    ".gitlab/merge_request_templates/*",
    ".gitea/pull_request_template.*",
    ".forgejo/pull_request_template.*",
)
OWN_BLOCK = re.compile(r"<!-- readiness:begin.*?<!-- readiness:end -->", re.DOTALL)
"""The block this tool keeps in a template; it must not answer the question by itself."""
OWNER = re.compile(r"(?:^|\s)(?:@[\w.-]+(?:/[\w.-]+)?|[^\s@]+@[^\s@]+\.[a-z]+)(?=\s|$)", re.IGNORECASE)


_NOBODY = re.compile(
    r"@(?:your[-_]?[\w-]*|my-?org|(?:octo-)?org|user-?name|user|owner|global-owner\d*|octocat|placeholder)"
    r"(?:/.*)?",
    re.IGNORECASE,
)
"""Owners that stand in the forge's documentation for somebody to be named."""


def _rooted(*patterns: str) -> tuple[str, ...]:
    return tuple(pattern if pattern.startswith("**") else f"/{pattern}" for pattern in patterns)


@probe("gov.codeowners")
def codeowners(look: Look) -> Observation:
    """A CODEOWNERS file whose rules name somebody."""
    waiting = ""
    for path in look.tree.match(*_rooted(*CODEOWNERS)):
        if waiting := said_of(path, look.tree.text(path) or ""):
            continue
        for number, line in enumerate((look.tree.text(path) or "").splitlines(), start=1):
            rule = line.split("#", 1)[0].strip()
            if any(not _NOBODY.fullmatch(match[0].strip()) for match in OWNER.finditer(rule)):
                place = Location(path, number)
                return Observation("gov.codeowners", Outcome.MET, "code owners are named", CODEOWNERS, (place,))
        if look.tree.text(path) is None:
            return Observation("gov.codeowners", Outcome.UNKNOWN, f"{path} could not be read", CODEOWNERS)
    lists = look.tree.match(*_rooted("MAINTAINERS*", "OWNERS", "docs/maintainers*", ".github/MAINTAINERS*"))
    if lists:
        places = tuple(Location(path) for path in lists)
        return Observation("gov.codeowners", Outcome.PARTIAL, "a maintainers list, no CODEOWNERS", CODEOWNERS, places)
    said = f"no CODEOWNERS file with an owner{waiting}"
    return Observation("gov.codeowners", Outcome.UNMET, said, CODEOWNERS, fix="add .github/CODEOWNERS")


@probe("gov.license")
def license_file(look: Look) -> Observation:
    """A license file at the root; a name in a manifest or a README alone is half of it."""
    files = [
        path
        for path in look.tree.named_like(_LICENSE)
        if _LICENSE.fullmatch(path) and not _CODE.search(path) and _is_license(look.tree.text(path) or "")
    ]
    if files:
        return Observation("gov.license", Outcome.MET, "a license file", LICENSES, (Location(files[0]),))
    for path in look.tree.match(*_rooted("package.json", "pyproject.toml", "Cargo.toml", "README*", "readme*")):
        text = look.tree.text(path) or ""
        if match := _LICENSE_NAMED.search(text):
            place = Location(path, text.count("\n", 0, match.start()) + 1)
            said = "a license is named, but there is no license file"
            return Observation("gov.license", Outcome.PARTIAL, said, LICENSES, (place,), fix="add a LICENSE file")
    return Observation("gov.license", Outcome.UNMET, "no license file", LICENSES, fix="add a LICENSE file")


def _is_license(text: str) -> bool:
    """Whether a file says something of a license, and not that one is still to be chosen."""
    words = re.findall(r"\w+", text)
    return bool(words) and not (len(words) <= _NOTE and re.search(r"(?i)\b(?:todo|tbd|to be \w+|placeholder)\b", text))


@probe("gov.security-policy")
def security_policy(look: Look) -> Observation:
    """A security policy where the hosts look for it."""
    files = [
        path for path in look.tree.match(*_rooted(*POLICIES), *SECURITY_TXT) if (look.tree.text(path) or "").strip()
    ]
    texts = {path: look.tree.text(path) or "" for path in files}
    filled = [path for path, text in texts.items() if _is_policy(text)]
    if filled:
        return Observation("gov.security-policy", Outcome.MET, "a security policy", POLICIES, (Location(filled[0]),))
    if files:
        said = f"a form for a policy, not filled in{said_of(files[0], texts[files[0]])}"
        return Observation("gov.security-policy", Outcome.PARTIAL, said, POLICIES, (Location(files[0]),))
    heading = re.compile(
        r"(?im)^#+\s*(?:security(?: policy)?|report(?:ing)? (?:an? )?(?:security )?vulnerabilit\w+"
        r"|(?:report(?:ing)? )?(?:an? )?security (?:issues?|bugs?|problems?|concerns?))\s*$"
    )
    for path in look.tree.match(*_rooted("README*", "CONTRIBUTING*", "docs/*.md", "docs/*.rst")):
        text = _UNDERLINED.sub(r"# \1", look.tree.text(path) or "")
        if match := heading.search(text):
            place = Location(path, text.count("\n", 0, match.start()) + 1)
            said = "only a section of another document"
            return Observation("gov.security-policy", Outcome.PARTIAL, said, POLICIES, (place,))
    return Observation(
        "gov.security-policy", Outcome.UNMET, "no security policy file", POLICIES, fix="add SECURITY.md with a contact"
    )


def _is_policy(text: str) -> bool:
    """Whether a policy says more than its headings: where to write to, or at least a sentence."""
    if _UNTOUCHED_POLICY.search(text) or unfilled(text):
        return False
    body = re.sub(r"<!--[\s\S]*?-->|(?m:^#.*$)", "", _UNDERLINED.sub(r"# \1", text))
    return bool(re.search(r"@|https?:", body)) or len(re.findall(r"\w+", body)) >= _SENTENCE


@probe("gov.pr-template")
def pull_request_template(look: Look) -> Observation:
    """A pull-request template with content of its own."""
    found = look.tree.match(*_rooted(*PR_TEMPLATES))
    for path in found:
        text = OWN_BLOCK.sub("", look.tree.text(path) or "")
        text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
        if len(re.findall(r"\w+", text)) >= 5:  # noqa: PLR2004  a heading alone guides nobody
            return Observation(
                "gov.pr-template", Outcome.MET, "a template with content", PR_TEMPLATES, (Location(path),)
            )
    if found:
        places = tuple(Location(path) for path in found)
        return Observation(
            "gov.pr-template",
            Outcome.PARTIAL,
            "the template is empty",
            PR_TEMPLATES,
            places,
            fix="write what a reviewer should check into it",
        )
    return Observation(
        "gov.pr-template", Outcome.UNMET, "no pull-request template", PR_TEMPLATES, fix="readiness pr write makes one"
    )
