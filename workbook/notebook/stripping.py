"""What a stored notebook of ours holds: sources, never outputs, counts, widget state or traces of a kernel.

JupyterLab started by us loads this module as a server extension; saving then strips what is stored, while the page
keeps what it shows. Notebooks outside our folder are left as they are.
"""

from __future__ import annotations

from typing import Any

NOTEBOOKS = ".readiness/notebooks"
"""Where our notebooks are, below the root."""

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
"""An unknown name makes JupyterLab ask for a kernel."""

KEPT_METADATA = frozenset({"deletable", "editable", "tags", "jupyter", "slideshow"})
"""The cell metadata that somebody set on purpose; timings and states are not."""


MANAGED = "readiness-"
"""The ids of our cells begin so."""

HIDDEN = frozenset({"readiness-open"})
"""Our cells whose source is folded away: it says nothing to a reader."""


def stripped(notebook: dict[str, Any]) -> dict[str, Any]:
    """A notebook of nbformat 4 without anything that running it added; changed in place and returned."""
    notebook["metadata"] = {"kernelspec": dict(KERNELSPEC)}
    for cell in notebook["cells"]:
        cell["metadata"] = _metadata(cell)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def _metadata(cell: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a cell's metadata; ours always has the same, whatever was folded or unlocked meanwhile."""
    if not cell.get("id", "").startswith(MANAGED):
        return {key: cell["metadata"][key] for key in sorted(KEPT_METADATA & cell["metadata"].keys())}
    folded = {"jupyter": {"source_hidden": True}} if cell["id"] in HIDDEN else {}
    return {"deletable": False, "editable": False, **folded}


def pre_save_hook(model: dict[str, Any], path: str, **_: object) -> None:
    """Strip one of our notebooks before Jupyter's server stores it."""
    ours = f"/{path.strip('/')}".rpartition("/")[0].endswith(f"/{NOTEBOOKS}")
    if model["type"] == "notebook" and ours and model["content"]["nbformat"] == 4:  # noqa: PLR2004  the only format with this shape
        stripped(model["content"])


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by Jupyter's server at its start; adds to the hooks the user configured, if any."""
    server.contents_manager.register_pre_save_hook(pre_save_hook)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "workbook.notebook.stripping"}]
