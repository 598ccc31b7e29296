"""Secret-shaped strings: what they look like, where they stand, and keeping their values out of outputs."""
