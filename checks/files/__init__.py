"""Which files a repository holds and how they are read: safely, as regular files, as text, by pattern."""
