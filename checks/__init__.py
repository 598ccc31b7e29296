"""What a repository shows: signals answered by probes. Knows nothing of teams, answers or checklists."""
