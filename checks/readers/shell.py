"""Shell text taken apart into simple commands, well enough to see which programs it runs. Nothing is executed."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_LINES = 5000
_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
_VARIABLE = re.compile(r"[A-Za-z_]\w*\+?=.*", re.DOTALL)
_KEYWORDS = frozenset({"if", "then", "else", "elif", "do", "while", "until", "!", "{", "(", "time", "exec", "eval"})
_SKIPPED = frozenset({"fi", "done", "esac", "}", ")", "for", "case", "in", "function", "select"})
_ASKS = (["if"], ["elif"], ["while"], ["until"], ["!"])
"""What only asks how a command ended; `_FAILS` is how a text may pass that on."""
_FAILS = re.compile(r"\bexit\s+[^0\s]|\breturn\s+[^0\s]|\bfalse\b|\bkill\b")
_BREAKS = frozenset({";", "&&", "||", "|", "&", ";;", "|&", "(", ")"})


@dataclass(frozen=True, slots=True)
class Simple:
    """One simple command: its words, the variables set before it, and whether `|| true` or the like follows it."""

    words: tuple[str, ...]
    variables: tuple[str, ...] = ()
    tolerated: bool = False


def split(text: str) -> Iterator[Simple]:
    """The simple commands of a shell text, in order. Comments, here-documents and control words are left out."""
    tolerant = False
    for line in _lines(text):
        tokens = _tokens(line)
        start = 0
        for position in range(len(tokens) + 1):
            if position < len(tokens) and tokens[position] not in _BREAKS:
                continue
            made = _simple(tokens[start:position])
            if made:
                follows = tokens[position:]
                ignored = follows[:1] == ["||"] and follows[1:2] in (["true"], [":"], ["echo"], ["exit"], ["printf"])
                if ignored and follows[1] == "exit":
                    ignored = follows[2:3] == ["0"]
                if made.words[:2] in {("set", "+e"), ("set", "-e")}:
                    tolerant = made.words[1] == "+e"
                asked = tokens[start : start + 1] in _ASKS and not _FAILS.search(text)
                yield Simple(made.words, made.variables, ignored or tolerant or asked)
            start = position + 1


def _lines(text: str) -> Iterator[str]:
    joined = re.sub(r"\\\r?\n[ \t]*", " ", text).splitlines()[:_MOST_LINES]
    until, open_line = "", ""
    for line in joined:
        if until:
            until = "" if line.strip() == until else until
            continue
        whole = f"{open_line}\n{line}" if open_line else line
        if _is_open(whole) and len(whole) < 20_000:  # noqa: PLR2004 - a quoted text longer than that is data
            open_line = whole
            continue
        open_line = ""
        heredoc = _HEREDOC.search(whole)
        if heredoc and "<<<" not in whole:
            until = heredoc[1]
        if whole.strip() and not whole.lstrip().startswith("#"):
            yield whole
    if open_line:
        yield from open_line.splitlines()


def _is_open(line: str) -> bool:
    try:
        shlex.split(line, comments=True)
    except ValueError:
        return True
    return False


def _tokens(line: str) -> list[str]:
    # Expressions of the CI system hold characters that mean something to a shell.
    bare = re.sub(r"\$\{\{.*?\}\}", "$EXPRESSION", line)
    lexer = shlex.shlex(bare, posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:
        return bare.split()


def _simple(tokens: list[str]) -> Simple | None:
    words = list(tokens)
    variables: list[str] = []
    while words and (words[0] in _KEYWORDS or _VARIABLE.fullmatch(words[0])):
        word = words.pop(0)
        if word not in _KEYWORDS:
            variables.append(word)
    if not words or words[0] in _SKIPPED or words[0].startswith("#"):
        return None
    kept: list[str] = []
    for word in words:
        if re.fullmatch(r"\d?(>>?|<)&?\d?.*", word):
            break  # what follows is a redirection
        kept.append(word)
    return Simple(tuple(kept), tuple(variables)) if kept and kept not in (["true"], [":"]) else None


_RUN = {
    *("uv", "poetry", "pipenv", "pipx", "rye", "pixi", "conda", "micromamba"),
    *("doppler", "dotenvx", "infisical", "op", "teller", "varlock"),
}
"""Programs that run what follows the word `run`: those of packages, and those that hand secrets to it."""
_AFTER_DASHES = frozenset({"chamber", "aws-vault", "mise", "envchain", "summon", "berglas", "direnv"})
"""Programs that run what follows `--`."""
_PREFIXES = {
    "sudo",
    "time",
    "nice",
    "nohup",
    "command",
    "xvfb-run",
    "dotenv",
    "cross-env",
    "npx",
    "bunx",
    "pnpx",
    "uvx",
    "sfw",
    "caffeinate",
    "unbuffer",
    "stdbuf",
    "setsid",
    "doas",
}
_TAKES_VALUE = frozenset(
    {"--with", "--python", "-p", "--group", "--extra", "--package", "--project", "--env-file", "-n", "--name", "-e"}
    | {
        "--from",
        "-u",
        "-f",
        "--file",
        "-w",
        "--workdir",
        "--user",
        "--env",
        "-v",
        "--volume",
        "--index-url",
        "--profile",
        "--spec",
    }
)


def unwrapped(words: tuple[str, ...], folder: str) -> tuple[tuple[str, ...], str, str]:
    """A command without its wrappers (`sudo`, `uv run`, `npx`, `docker compose run SERVICE`, `python -m`).

    Returns:
        The words that count, the folder they run in, and the compose service, "" where there is none.
    """
    service = ""
    for _ in range(8):
        before = words
        program = words[0].rsplit("/", 1)[-1] if words else ""
        if program in _RUN and "run" in words[:6]:
            folder = _chosen_folder(words[: words.index("run")], folder)
            words, folder = _drop_options(words[words.index("run") + 1 :], folder)
        elif program in _AFTER_DASHES and "--" in words:
            words = words[words.index("--") + 1 :]
        elif program in _PREFIXES or program == "env":
            words, folder = _drop_options(words[1:], folder)
        elif program in {"timeout", "retry"} and len(words) > 2:  # noqa: PLR2004 - program, duration, command
            words, _ = _drop_options(words[1:], folder)
            words = words[1:]
        elif program in {"pnpm", "yarn", "npm", "bun"} and words[1:2] in {("exec",), ("dlx",), ("x",)}:
            words, _ = _drop_options(words[2:], folder)
        elif program in {"docker", "docker-compose", "podman"}:
            words, service = _in_service(words, service)
        elif (re.fullmatch(r"python[\d.]*", program) and "-m" in words[:4]) or (
            program == "coverage" and words[1:2] == ("run",) and "-m" in words
        ):
            words = words[words.index("-m") + 1 :]
            # What coverage wraps is what runs; that it is measured shows in the report command that follows.
        while words and _VARIABLE.fullmatch(words[0]):
            words = words[1:]
        if words == before or not words:
            break
    return words, folder, service


def _drop_options(words: tuple[str, ...], folder: str) -> tuple[tuple[str, ...], str]:
    rest = list(words)
    while rest and (rest[0].startswith("-") or _VARIABLE.fullmatch(rest[0])):
        option, equals, value = rest.pop(0).partition("=")
        if option == "--":
            break
        if option in {"--directory", "-C", "--cwd"}:
            chosen = value or (rest.pop(0) if rest else "")
            folder = posixpath.normpath(posixpath.join(folder, chosen))
        elif option in _TAKES_VALUE and not equals and rest:
            rest.pop(0)
    return tuple(rest), folder


def _chosen_folder(words: tuple[str, ...], folder: str) -> str:
    for option in ("--directory", "-C"):
        if option in words[:-1]:
            return posixpath.normpath(posixpath.join(folder, words[words.index(option) + 1]))
    return folder


_DOCKER_FLAGS = frozenset({"--rm", "--init", "--privileged", "--interactive", "--tty", "--detach", "--read-only", "-P"})
_TOOL_IMAGES = frozenset({"trivy", "gitleaks", "trufflehog", "grype", "checkov", "hadolint", "k6", "osv-scanner"})
"""Images whose own command is the tool: what follows the image are the tool's arguments."""


def _in_service(words: tuple[str, ...], service: str) -> tuple[tuple[str, ...], str]:
    """The command run inside a compose service; the words unchanged for anything else docker does."""
    for verb in ("run", "exec"):
        if verb in words and (words[0].endswith("compose") or "compose" in words[: words.index(verb)]):
            inner, _ = _drop_options(words[words.index(verb) + 1 :], "")
            if len(inner) > 1:
                return inner[1:], inner[0]
    if words[1:2] in {("run",), ("exec",)}:
        return _in_image(words), service
    return words, service


def _in_image(words: tuple[str, ...]) -> tuple[str, ...]:
    """The command run inside an image or container; the words unchanged where the image's own command runs."""
    rest = list(words[2:])
    while rest and rest[0].startswith("-"):
        option, equals, _ = rest.pop(0).partition("=")
        if not equals and option not in _DOCKER_FLAGS and not re.fullmatch(r"-[itd]+", option) and rest:
            rest.pop(0)
    if len(rest) < 2:  # noqa: PLR2004 - the image, and what runs in it
        return words
    tool = rest[0].rsplit("/", 1)[-1].split(":", 1)[0].split("@", 1)[0]
    return (tool, *rest[1:]) if tool in _TOOL_IMAGES and rest[1] != tool else tuple(rest[1:])
