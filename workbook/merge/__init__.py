"""Two branches of a state file made one valid file: unit by unit, nothing lost, contradictions kept with both sides."""
