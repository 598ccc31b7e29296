"""How quick we are beside the tools we stand on, on the same files and in one run; writes docs/performance.md."""
