"""Run as a program of its own by `history`: reads commits with GitPython, where nothing else is at stake.

In its own process GitPython sees only the pinned environment (it copies the whole environment to git, and runs git
when imported), a read that hangs can be killed, and what it leaks is gone with the process.

Commit ids come on standard input, one a line; one JSON object a line goes to standard output.
"""

import json
import os
import sys

import git


def main() -> None:
    """Read the commits of the repository that GIT_DIR names."""
    with git.Repo(os.environ["GIT_DIR"], expand_vars=False) as repository:
        for line in sys.stdin:
            commit = git.Commit(repository, bytes.fromhex(line.strip()))
            message = commit.message if isinstance(commit.message, str) else commit.message.decode("utf-8", "replace")
            record = {
                "author": full_name(commit.author),
                "at": commit.authored_date,
                "subject": message.partition("\n")[0].strip(),
                "co_authors": [full_name(person) for person in commit.co_authors],
            }
            sys.stdout.write(json.dumps(record) + "\n")


def full_name(person: git.Actor) -> str:
    """A person as "Name <mail>"."""
    return f"{person.name or ''} <{person.email or ''}>".strip()


if __name__ == "__main__":
    main()
