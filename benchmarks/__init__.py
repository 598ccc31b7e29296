"""Measured comparisons: how often probes agree with people, and what they cost. Never part of the tests."""
