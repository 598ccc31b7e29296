"""Documents and configuration that a team lacks, written from what its tree reveals, with blanks for the rest."""

from workbook.scaffold.registry import Scaffold, for_control, for_signal, scaffolds

__all__ = ["Scaffold", "for_control", "for_signal", "scaffolds"]
