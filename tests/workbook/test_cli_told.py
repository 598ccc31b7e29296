"""What commands ask before, say after, and say of a mistake."""

from __future__ import annotations

import io
import sys

import pytest

from workbook.cli.main import main
from workbook.session import Session


@pytest.fixture
def book(repository):
    session = Session(repository)
    session.start(["fifty-point", "six-gates", "ten-gates"])
    session.save()
    return repository


@pytest.fixture
def call(book, capsys):
    def run(*arguments):
        code = main(["-C", str(book), *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return run


@pytest.fixture
def typed(monkeypatch):
    """What a person types, line by line; without `terminal` nobody can be asked."""

    def lines(*texts, terminal=True):
        source = io.StringIO("".join(f"{text}\n" for text in texts))
        source.isatty = lambda: terminal
        monkeypatch.setattr(sys, "stdin", source)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)

    return lines


@pytest.mark.parametrize(("texts", "terminal", "expected"), [((), False, 2), (("n",), True, 1), (("y",), True, 0)])
def test_git_is_configured_only_after_a_yes(call, book, typed, texts, terminal, expected):
    config = (book / ".git" / "config").read_bytes()
    typed(*texts, terminal=terminal)
    code, _, err = call("init", "--merge-driver")
    assert (code, "merge.readiness" in err) == (expected, True)
    assert ((book / ".git" / "config").read_bytes() != config) == (expected == 0)
    assert (book / ".gitattributes").exists() == (expected == 0)


def test_without_a_yes_a_new_workbook_is_not_written_either(repository, typed):
    typed(terminal=False)
    assert main(["-C", str(repository), "init", "--merge-driver"]) == 2
    assert not (repository / "readiness.toml").exists()
    assert not (repository / ".gitattributes").exists()
