"""One module a kind of file: what it says, without judgment. Probes judge."""
