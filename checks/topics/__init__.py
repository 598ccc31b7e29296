"""One module a topic: each answers the signals of that topic."""
