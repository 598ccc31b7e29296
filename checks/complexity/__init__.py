"""Complexity, maintainability and line counts of code."""
