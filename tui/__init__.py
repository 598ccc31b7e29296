"""The Textual face: a pair at one terminal."""
