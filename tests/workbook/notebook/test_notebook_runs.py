import os
import sys

import nbformat
import psutil
import pytest

from workbook.errors import Refused
from workbook.notebook import open_pillar
from workbook.notebook.documents import document, sheets, sync
from workbook.notebook.headless import executed, run
from workbook.notebook.launch import LAB, command, environment
from workbook.notebook.roots import find_root


def tree(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


def test_every_pillar_runs_without_a_browser_and_writes_nothing(opened):
    # A reviewed repository must not be able to stand in for our own packages.
    for trap in ("checks.py", "workbook.py", "ipykernel_launcher.py", "jinja2.py"):
        (opened.root / trap).write_text("raise RuntimeError('code of the repository ran')\n")
    before = tree(opened.root)
    children = set(psutil.Process().children(recursive=True))
    done = run(opened.root)
    assert set(psutil.Process().children(recursive=True)) <= children
    assert [one.error for one in done] == [""] * 7
    assert all(one.ok and one.seconds > 0 for one in done)
    assert tree(opened.root) == before


def test_headless_cells_show_tables_and_no_widgets(opened):
    notebook = executed(document(opened, sheets(opened.checklist, "4")[0]), opened.root)
    outputs = {cell["id"]: cell["outputs"] for cell in notebook.cells if cell.cell_type == "code"}
    for name in ("readiness-open", "readiness-probes", "readiness-form", "readiness-summary"):
        assert [sorted(one["data"]) for one in outputs[name]] == [["text/html", "text/plain"]], name
    assert "widgets" not in notebook.metadata
    asks = opened.questions("4")[0].item.asks
    assert asks in outputs["readiness-form"][0]["data"]["text/plain"]


def test_a_failing_own_cell_is_reported_in_one_line(opened):
    path = sync(opened, "2")[0]
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("raise ValueError('p95 \\x1b[2J is 900 ms')", id="mine"))
    nbformat.write(notebook, path)
    (done,) = run(opened.root, "fifty-point.2")
    assert not done.ok
    assert done.error == r"ValueError: p95 \x1b[2J is 900 ms"


def test_a_kernel_without_the_workbook_says_how_to_mend_it(opened):
    raw = document(opened, sheets(opened.checklist, "1")[0])
    notebook = nbformat.reads(raw.decode(), as_version=4)
    notebook.cells[1]["source"] = "import sys; sys.modules['workbook.notebook'] = None\n" + notebook.cells[1]["source"]
    (opened.root / ".readiness" / "notebooks").mkdir(parents=True)
    source = notebook.cells[1]["source"]
    with pytest.raises(SystemExit, match="readiness notebook open") as ended:
        exec(source, {})  # noqa: S102  the cell as a kernel would run it
    del sys.modules["workbook.notebook"]
    assert sys.executable in str(ended.value)


def test_a_pillar_is_found_from_the_notebooks_folder(opened, monkeypatch):
    folder = sync(opened)[0].parent
    monkeypatch.chdir(folder)
    assert find_root() == opened.root
    book = open_pillar("fifty-point.4")
    assert book.session.root == opened.root
    assert book.title in repr(book)


def test_a_folder_outside_every_repository_is_refused(tmp_path):
    with pytest.raises(Refused, match="is in no repository"):
        find_root(tmp_path)


def test_a_notebook_of_another_checklist_says_what_to_do(opened):
    with pytest.raises(Refused, match="readiness notebook sync"):
        open_pillar("six-gates.g1", opened.root)


def test_jupyterlab_is_started_by_our_interpreter_with_our_layers_first(opened):
    arguments = command(opened.root, sync(opened, "4")[0])
    assert arguments[:4] == [sys.executable, "-P", "-m", "jupyterlab"]
    assert "--ServerApp.ip=127.0.0.1" in arguments
    inherited = {"JUPYTER_CONFIG_PATH": "/users/own", "HOME": "/home/ana", "JUPYTER_PREFER_ENV_PATH": "0"}
    given = environment(inherited)
    assert given["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(LAB), "/users/own"]
    assert given["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert given["HOME"] == "/home/ana"
    assert "JUPYTER_CONFIG_DIR" not in given
