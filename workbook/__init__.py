"""What a team claims about its product's readiness, and what follows from it."""
