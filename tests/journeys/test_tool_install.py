"""Installed as a tool: a wheel in an environment of its own, its command on the PATH, notebooks from there."""

import importlib.util
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    """The folder with the command, as pipx and uv tool make one.

    What this project depends on is borrowed from the environment of the tests, so that nothing is downloaded; the
    project itself is there only as its wheel.
    """
    folder = tmp_path_factory.mktemp("tool")
    subprocess.run(
        [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    home = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    installer = (
        [sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install", "--no-index"]
        if importlib.util.find_spec("pip")
        else [shutil.which("uv") or "uv", "pip", "install", "--python", home / "bin" / "python", "--offline"]
    )
    subprocess.run([*installer, "--quiet", "--no-deps", wheel], check=True)
    (site,) = (home / "lib").glob("python*/site-packages")
    # A line that is a folder borrows its packages, and not what its own .pth files say: they name this working tree.
    (site / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    for name in ("share", "etc"):
        (home / name).symlink_to(Path(sys.prefix) / name)
    for program in Path(sys.executable).parent.glob("*semgrep*"):
        (home / "bin" / program.name).symlink_to(program)
    (folder / "bin").mkdir()
    (folder / "bin" / "readiness").symlink_to(home / "bin" / "readiness")
    return folder


@pytest.fixture
def readiness(tool, tmp_path):
    """Starts the command as somebody would who has it on the PATH and stands in their repository."""
    root = tmp_path / "acme"
    (root / "api").mkdir(parents=True)
    (root / "api" / "main.py").write_text("print('hello')\n")
    for name in ("checks.py", "workbook.py", "jupyterlab.py"):
        (root / name).write_text("raise RuntimeError('code of the repository ran')\n")
    environment = {
        "PATH": f"{tool / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path / "home"),
        "LANG": "C.UTF-8",
        # A stale kernel of the user must not win.
        "JUPYTER_PREFER_ENV_PATH": "0",
    }
    (tmp_path / "home").mkdir()
    for arguments in (("init", "-q", "-b", "main"), ("config", "user.name", "Ana Example")):
        subprocess.run(["git", *arguments], cwd=root, check=True, env=environment)
    subprocess.run(["git", "config", "user.email", "ana@example.com"], cwd=root, check=True, env=environment)

    def start(*arguments, **options):
        return subprocess.Popen(
            ["readiness", *arguments],
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    def run(*arguments):
        process = start(*arguments)
        said, _ = process.communicate(timeout=300)
        return process.returncode, said

    run.root, run.start = root, start
    return run


def test_a_tool_install_writes_runs_and_opens_notebooks(tool, readiness):
    code, said = readiness("init", "--checklist", "six-gates", "--yes")
    assert code == 0, said
    code, said = readiness("notebook", "sync")
    assert code == 0, said
    assert {line.partition(" ")[0] for line in said.splitlines()} == {"Wrote"}
    code, said = readiness("notebook", "run", "--pillar", "overview", "--yes")
    assert code == 0, said
    assert "ran    00-overview.ipynb" in said

    path = readiness.root / ".readiness" / "notebooks" / "90-explore.ipynb"
    notebook = nbformat.read(path, as_version=4)
    source = "import sys, workbook\nraise ValueError(f'{sys.executable} {workbook.__file__} {sys.path[:1]}')"
    notebook.cells.insert(1, nbformat.v4.new_code_cell(source, id="mine"))
    nbformat.write(notebook, path)
    code, said = readiness("notebook", "run", "--pillar", "explore", "--yes")
    assert code == 1, said
    home = tool / "environment"
    executable, module = re.search(r"ValueError: (\S+) (\S+)", said).groups()
    assert Path(executable).parent == home / "bin"
    assert Path(module).is_relative_to(home / "lib")

    process = readiness.start("notebook", "open", "--no-browser")
    said = ""
    while "/lab" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    process.terminate()
    rest, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said + rest
    assert "http://127.0.0.1:" in said
