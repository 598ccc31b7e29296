"""Commits the workbook's own files, and only those, with the user's git: their identity, hooks and signing."""

from workbook.commit.files import diff
from workbook.commit.making import Committed, commit
from workbook.commit.message import LISTED, preview
from workbook.commit.user_git import CommitFailed

__all__ = ["LISTED", "CommitFailed", "Committed", "commit", "diff", "preview"]
