"""The command line as people call it: what it says, where, and with which exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.cli import probe as probing
from workbook.cli.commands import COMMANDS
from workbook.cli.faces import Faces
from workbook.cli.folder import root_of
from workbook.cli.main import main
from workbook.session import Session


@pytest.fixture
def call(repository, capsys):
    """Calls a command in the repository; its exit code, standard output and standard error."""

    def run(*arguments, root=repository):
        code = main(["-C", str(root), *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return run


@pytest.fixture
def started(repository):
    session = Session(repository)
    session.start(["fifty-point"])
    session.save()
    return repository


def installed(folder, *arguments, **environment):
    """The command in a process of its own, as the console script runs it."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "workbook", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def one_line(error):
    assert error.startswith("readiness: ")
    assert error.count("\n") == 1
    return error


def test_help_lists_every_command_and_every_command_has_help(call, capsys):
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert f"  {name:<10} {command.help}" in listed
        code, out, _ = call(name, "--help")
        assert code == 0
        assert f"readiness {name}" in out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("readiness ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["stauts"], "did you mean 'status'?"),
        (["status", "--format", "yaml"], "--format"),
        (["status", "--frmat", "json"], "--frmat"),
        (["answer", "rate-limiting"], "STATUS"),
        (["init", "--checklist", "fifty-pont"], "did you mean 'fifty-point'?"),
        (["probe", "secrets.none-in-cod"], "did you mean 'secrets.none-in-code'?"),
        (["probe", "--area", "secuity"], "did you mean 'security'?"),
        (["explain", "rate-limitin"], "did you mean 'rate-limiting'?"),
        (["status"], "readiness init"),
        (["answer", "rate-limiting", "ready"], "readiness init"),
        (["notebook", "open"], "readiness notebook"),
        (["commit"], "readiness init"),
    ],
)
def test_a_usage_mistake_is_one_line_and_exit_code_2(call, repository, arguments, says):
    code, out, error = call(*arguments)
    assert (code, out) == (2, "")
    assert says in one_line(error)
    assert not (repository / "readiness.toml").exists()


def test_a_folder_that_is_not_there(call, tmp_path):
    code, _, error = call("status", root=tmp_path / "nowhere")
    assert code == 2
    assert "is not a folder" in one_line(error)


def test_without_a_command_and_a_terminal_it_looks_first_and_writes_nothing(repository, git):
    done = installed(repository)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("First look: acme @")
    assert "nothing written, sent or executed" in done.stdout
    assert "questions code cannot answer" in done.stdout
    assert git(repository, "status", "--porcelain") == ""
    assert "\x1b" not in done.stdout + done.stderr


def test_without_a_command_a_workbook_says_its_status(call, started):
    code, out, _ = call(root=started)
    assert code == 0
    assert out.startswith("No decision yet: 50 items unanswered.")
    assert "  secrets-manager " in out
    assert "not answered" in out


def test_with_a_terminal_the_terminal_face_opens(repository, monkeypatch):
    opened = []
    faces = Faces(lambda root: opened.append(root) or 7, None, None, None, None, None)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["-C", str(repository)], faces) == 7
    assert opened == [repository]


def test_outside_a_repository_it_still_looks_and_init_warns(tmp_path):
    (tmp_path / "app.py").write_text("print('hello')\n")
    assert installed(tmp_path).returncode == 0
    done = installed(tmp_path, "init")
    assert done.returncode == 0
    assert "git init" in done.stderr
    assert (tmp_path / "readiness.toml").exists()
    committed = installed(tmp_path, "commit", "--yes")
    assert committed.returncode == 2
    assert "in no git repository" in one_line(committed.stderr)


def test_without_git_it_still_looks_and_answers_need_a_name(started, tmp_path):
    nothing = tmp_path / "empty"
    nothing.mkdir()
    assert installed(started, "probe", "--format", "json", PATH=str(nothing)).returncode == 0
    done = installed(started, "answer", "rate-limiting", "ready", PATH=str(nothing))
    assert done.returncode == 2
    warning, refusal = done.stderr.splitlines(keepends=True)
    assert warning.startswith("warning: git was not read: The git program was not found. Install git")
    assert "nobody is named" in one_line(refusal)
    done = installed(started, "commit", "--yes", PATH=str(nothing))
    assert done.returncode == 2
    assert "git program was not found" in one_line(done.stderr.splitlines(keepends=True)[-1])


def test_without_a_commit_it_works(tmp_path, git):
    git(tmp_path, "init", "-q")
    assert installed(tmp_path).returncode == 0
    assert installed(tmp_path, "init").returncode == 0
    assert installed(tmp_path, "status", "--format", "json").returncode == 0


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (b"schema = \n", "readiness.toml:1: it is not valid TOML"),
        (b"schema = 1\n<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs\n", "readiness.toml:2: it holds merge"),
        (b"schema = 999\n", "readiness.toml:1: it is written in schema 999"),
        (b"\xff\xfe\x00", "readiness.toml:1: it is not UTF-8"),
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [[], ["status"], ["answer", "rate-limiting", "ready"], ["pr", "write"], ["commit", "--yes"], ["guide", "--plain"]],
)
def test_a_damaged_state_file_is_one_line_with_its_place_and_stays_as_it_is(call, repository, arguments, damage, says):
    (repository / "readiness.toml").write_bytes(damage)
    code, out, error = call(*arguments)
    assert (code, out) == (2, "")
    assert says in one_line(error)
    assert (repository / "readiness.toml").read_bytes() == damage


def test_init_leaves_a_damaged_state_file_alone(call, repository):
    (repository / "readiness.toml").write_bytes(b"schema = \n")
    assert call("init")[0] == 2
    assert (repository / "readiness.toml").read_bytes() == b"schema = \n"


def test_probing_does_not_need_a_sound_state_file(call, repository):
    (repository / "readiness.toml").write_bytes(b"schema = \n")
    code, out, _ = call("probe", "secrets.none-in-code", "--format", "json")
    assert code == 0
    assert [one["signal"] for one in json.loads(out)["signals"]] == ["secrets.none-in-code"]


def test_a_mistake_of_ours_is_a_line_and_a_private_log(call, repository, monkeypatch):
    monkeypatch.setattr(probing, "look_at", lambda *_: 1 / 0)
    code, _, error = call("probe")
    assert code == 70
    assert "ZeroDivisionError" in one_line(error)
    (log,) = (repository / ".git" / "readiness").glob("error-*.log")
    assert str(log) in error
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_an_interruption_is_exit_code_130(call, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(probing, "look_at", interrupt)
    assert call("probe")[0] == 130


def test_a_reader_that_leaves_early_gets_no_traceback(started):
    command = [sys.executable, "-P", "-m", "workbook", "status"]
    with subprocess.Popen(command, cwd=started, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        error = process.stderr.read()
    assert error == b""


def test_the_folder_in_which_one_stands_never_supplies_code(repository):
    for name in ("checks", "workbook"):
        (repository / name).mkdir()
        (repository / name / "__init__.py").write_text("raise SystemExit('the repository was executed')\n")
    done = installed(repository, "--version")
    assert done.returncode == 0, done.stderr


def test_a_call_below_the_top_means_the_nearest_workbook(started):
    below = started / "api"
    assert root_of(below) == started
    (below / "readiness.toml").write_text("schema = 1\n")
    assert root_of(below) == below


def test_starting_up_loads_nothing_heavy():
    program = "import sys, workbook.launch; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"textual", "jinja2", "pydantic", "tomlkit", "semgrep", "nbformat", "workbook.session", "git"}
    assert not {name for name in loaded if name.startswith(("tui", "workbook.notebook"))}


def test_every_command_has_its_module():
    for command in COMMANDS.values():
        assert (Path(probing.__file__).parent / f"{command.module}.py").exists()
