"""The command line face: one module a command, loaded when it is called."""
