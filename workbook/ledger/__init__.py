"""The state files and what is not saved of them yet: edits, drafts, half-typed text, clashes, secrets kept out."""

from workbook.ledger.files import NEW_WAIVERS, Ledger, Stamp
from workbook.on_disk import WAIVERS

__all__ = ["NEW_WAIVERS", "WAIVERS", "Ledger", "Stamp"]
