from __future__ import annotations

import pytest

from checks.readers.documents import specific

FILLED = """# Restore the orders database

The orders database runs on the primary in eu-west. Backups are taken nightly at 02:00 and kept for 35 days in the
`orders-backups` bucket. To restore, open a shell on the operations host, pick the newest archive, and run:

```
pg_restore --clean --dbname orders /var/backups/orders-latest.dump
```

Then compare the row counts of orders and payments with the numbers in the nightly report, and tell the on-call channel
that the restore is done. The last rehearsal took 41 minutes, most of it copying the archive between regions.
"""

SKELETON = (
    """# Runbook for <service name>

## Overview
[Describe the service here]
## Steps
1.
2.
- TODO
## Contacts
- Name: ____
"""
    + "This document follows the general advice of our handbook on writing good instructions. " * 6
)


def test_a_filled_document_is_told_from_a_skeleton():
    assert specific(FILLED)
    assert not specific(SKELETON)
    assert not specific("# Title\n\nShort.\n")
    assert not specific("<!-- " + "many words in a comment " * 40 + "-->")


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("README.md", "# X", "readme"),
        ("docs/runbooks/db.md", "# Database", "runbook"),
        ("docs/ops.md", "# On-call playbook", "runbook"),
        ("docs/adr/0001-use-x.md", "# Use X", "decision"),
        ("ARCHITECTURE.md", "# How", "architecture"),
        ("docs/slo.md", "# Targets", "slo"),
        ("docs/goals.md", "# Service level objectives", "slo"),
        ("docs/prd.md", "# Thing", "requirements"),
        ("CHANGELOG.md", "# Changes", "changelog"),
        (".github/SECURITY.md", "# Report", "security-policy"),
        ("LICENSE", "MIT", "license"),
        ("docs/backups.md", "# x", "backup"),
        ("docs/rollback.rst", "Roll back\n=========\n", "rollback"),
        ("docs/postmortems/2026-01.md", "# Outage", "incident"),
    ],
)
def test_documents_are_known_by_name_or_title(look_at, path, text, kind):
    assert [item.path for item in look_at({path: text}).documents.of(kind)] == [path]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/security.py", "security-policy"),
        ("docs/sloth.md", "slo"),
        ("requirements.txt", "requirements"),
        ("a/address.md", "decision"),
    ],
)
def test_look_alikes_are_not_documents_of_that_kind(look_at, path, kind):
    assert look_at({path: "# Words\n"}).documents.of(kind) == ()


def test_headings_and_sections(look_at):
    text = "# A\n\n```\n# not a heading\n```\n\n## Run it\nstep one\n### Detail\nmore\n## Next\nother\n"
    document = look_at({"README.md": text}).documents.readme
    assert document is not None
    assert [(item.text, item.level) for item in document.headings] == [
        ("A", 1),
        ("Run it", 2),
        ("Detail", 3),
        ("Next", 2),
    ]
    assert document.section("run").split() == ["step", "one", "###", "Detail", "more"]
