"""The children we start: their groups and limits, and that none of them is left behind."""
