"""How soon a key is painted, and how many keys an answer takes: `python -P -m benchmarks.keys`."""
