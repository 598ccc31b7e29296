"""What a change does to readiness: the merge base, what it puts in doubt, what it answers and who says so."""
