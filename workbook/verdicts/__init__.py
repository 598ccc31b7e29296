"""The decision models, one module each: what a checklist says of the states of its items."""
