"""The worksheet: open questions on plain paper for people without the tool, and what they wrote, taken as proposals."""
