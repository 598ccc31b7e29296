import json
import os

import nbformat
import pytest

from workbook.errors import Refused
from workbook.notebook.documents import NOTEBOOKS, drift, sync
from workbook.notebook.stripping import pre_save_hook


def stored(paths):
    return {path.name: path.read_bytes() for path in paths}


def save(path, notebook):
    nbformat.write(nbformat.from_dict(notebook), path)


def test_one_valid_notebook_a_pillar_with_few_fixed_locked_cells(opened):
    paths = sync(opened)
    assert [path.name[:2] for path in paths] == ["00", "01", "02", "03", "04", "05", "90"]
    titles = ["Where", *(pillar.title for pillar in opened.checklist.scored_pillars), "Explore"]
    for path, title in zip(paths, titles, strict=True):
        notebook = json.loads(path.read_bytes())
        nbformat.validate(notebook)
        assert len(notebook["cells"]) <= 6
        assert all(cell["metadata"]["deletable"] is False for cell in notebook["cells"])
        assert all(cell["metadata"]["editable"] is False for cell in notebook["cells"])
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
        assert title in "".join(notebook["cells"][0]["source"])


def test_syncing_again_changes_no_byte_and_touches_no_file(opened):
    first = stored(sync(opened))
    times = [path.stat().st_mtime_ns for path in sync(opened)]
    paths = sync(opened)
    assert stored(paths) == first
    assert [path.stat().st_mtime_ns for path in paths] == times


def test_own_cells_stay_where_they_are_and_ours_come_back(opened):
    path = sync(opened, "4")[0]
    notebook = json.loads(path.read_bytes())
    ran = nbformat.v4.new_code_cell("1 + 1", id="mine-1", execution_count=3)
    ran["outputs"] = [nbformat.v4.new_output("stream", text="2")]
    notebook["cells"].insert(0, nbformat.v4.new_markdown_cell("First", id="mine-0"))
    notebook["cells"].insert(4, ran)
    del notebook["cells"][-1]
    notebook["cells"][2]["source"] = "tampered()"
    save(path, notebook)

    sync(opened, "4")
    cells = json.loads(path.read_bytes())["cells"]
    assert [cell["id"] for cell in cells] == [
        "mine-0",
        "readiness-title",
        "readiness-open",
        "readiness-probes",
        "mine-1",
        "readiness-form",
        "readiness-summary",
    ]
    assert cells[4]["source"] == ["1 + 1"]
    assert (cells[4]["outputs"], cells[4]["execution_count"]) == ([], None)
    assert "tampered" not in json.dumps(cells)
    again = path.read_bytes()
    sync(opened, "4")
    assert path.read_bytes() == again


@pytest.mark.parametrize("damage", [b"<<<<<<< ours\n{}", b"\xff\xfe", b"[]", b'{"cells": 3}', b"{}"])
def test_a_damaged_notebook_is_named_and_left_alone(opened, damage):
    path = sync(opened, "4")[0]
    path.write_bytes(damage)
    with pytest.raises(Refused, match=path.name):
        sync(opened)
    assert path.read_bytes() == damage


def test_a_folder_that_leads_outside_is_not_written(opened, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (opened.root / ".readiness").mkdir()
    (opened.root / NOTEBOOKS).symlink_to(outside)
    with pytest.raises(Refused, match="is a link"):
        sync(opened)
    assert list(outside.iterdir()) == []


def test_a_linked_notebook_is_neither_read_nor_replaced(opened, tmp_path):
    path = sync(opened, "4")[0]
    path.unlink()
    (tmp_path / "secret.ipynb").write_text("{}")
    path.symlink_to(tmp_path / "secret.ipynb")
    with pytest.raises(Refused, match="symbolic link"):
        sync(opened, "4")
    assert path.is_symlink()


def test_an_unknown_pillar_is_refused_with_the_known_ones(opened):
    with pytest.raises(Refused, match=r"fifty-point\.5"):
        sync(opened, "fifty-point.9")
    assert not (opened.root / NOTEBOOKS).exists()


def test_without_a_workbook_nothing_is_written(repository):
    from workbook.session import Session

    with pytest.raises(Refused, match="readiness init"):
        sync(Session(repository))
    assert not (repository / ".readiness").exists()


def test_saving_in_jupyter_strips_ours_back_to_what_sync_wrote(opened):
    path = sync(opened, "4")[0]
    before = path.read_bytes()
    content = nbformat.reads(before.decode(), as_version=4)
    content["metadata"]["widgets"] = {"state": {"a": 1}}
    content["metadata"]["language_info"] = {"name": "python", "version": "3.12.1"}
    for count, cell in enumerate(content["cells"], start=1):
        cell["metadata"] |= {"trusted": True, "execution": {"iopub.status.busy": "now"}, "editable": True}
        if cell["cell_type"] == "code":
            cell["execution_count"] = count
            cell["outputs"] = [nbformat.v4.new_output("display_data", {"text/plain": "x"})]
    pre_save_hook(
        model={"type": "notebook", "content": content}, path=f"{NOTEBOOKS}/{path.name}", contents_manager=None
    )
    nbformat.write(content, path)
    assert path.read_bytes().rstrip(b"\n") == before.rstrip(b"\n")


@pytest.mark.parametrize("path", ["analysis.ipynb", f"x{NOTEBOOKS}/a.ipynb", f"{NOTEBOOKS}/deeper/a.ipynb"])
def test_notebooks_of_others_are_saved_as_they_are(path):
    cell = nbformat.v4.new_code_cell("1", execution_count=1, outputs=[nbformat.v4.new_output("stream", text="1")])
    content = nbformat.v4.new_notebook(cells=[cell])
    pre_save_hook(model={"type": "notebook", "content": content}, path=path, contents_manager=None)
    assert content["cells"][0]["outputs"]


def test_a_notebook_keeps_its_place_in_git_after_a_save(opened, git):
    path = sync(opened, "1")[0]
    git(opened.root, "add", "-A")
    git(opened.root, "commit", "-qm", "Notebooks")
    content = nbformat.read(path, as_version=4)
    pre_save_hook(
        model={"type": "notebook", "content": content},
        path=os.fspath(path.relative_to(opened.root)),
        contents_manager=None,
    )
    nbformat.write(content, path)
    assert git(opened.root, "status", "--porcelain") == ""


def test_check_is_content_with_what_sync_wrote_and_with_own_cells(opened):
    assert drift(opened) == []
    path = sync(opened)[1]
    assert drift(opened) == []
    notebook = json.loads(path.read_bytes())
    notebook["cells"].append(nbformat.v4.new_code_cell("1 + 1", id="mine"))
    save(path, notebook)
    sync(opened)
    assert drift(opened) == []


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda book: book["cells"][1].update(execution_count=3), "holds outputs"),
        (lambda book: book["cells"][1].update(source="tampered()"), "not as this version"),
        (lambda book: book["metadata"].update(kernelspec={"name": "other", "display_name": "Other"}), "another kernel"),
    ],
)
def test_check_names_what_is_wrong_and_changes_nothing(opened, break_it, said):
    path = sync(opened)[0]
    notebook = json.loads(path.read_bytes())
    break_it(notebook)
    save(path, notebook)
    before = path.read_bytes()
    ((name, wrong),) = drift(opened)
    assert name == path.name
    assert said in wrong
    assert path.read_bytes() == before


def test_check_names_a_damaged_notebook_and_one_of_somebody_else_with_outputs(opened):
    folder = sync(opened)[0].parent
    (folder / "own.ipynb").write_bytes(b"<<<<<<< ours")
    ran = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", execution_count=1)])
    nbformat.write(ran, folder / "scratch.ipynb")
    assert [name for name, _ in drift(opened)] == ["own.ipynb", "scratch.ipynb"]
