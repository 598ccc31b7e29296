from pathlib import Path
from shutil import copytree

import pytest

from workbook.catalogue import CatalogueError, load_catalogue
from workbook.data import templates

COUNTS = {
    "six-gates": (142, 96),
    "seven-steps": (55, 50),
    "fifty-point": (62, 50),
    "ten-gates": (97, 56),
    "prototype-gap": (117, 79),
}


def test_everything_published_is_there():
    catalogue = load_catalogue()
    assert len(catalogue.controls) == 130
    assert len(catalogue.items) == 473
    assert len(catalogue.scope) == 29
    assert len(catalogue.signals) == 79
    counted = {slug: (len(one.items), len(one.scored)) for slug, one in catalogue.checklists.items()}
    assert counted == COUNTS


def test_every_item_reaches_a_control_and_every_control_an_item():
    catalogue = load_catalogue()
    bare = [item.id for item in catalogue.items.values() if not item.controls]
    assert bare == []
    assert [name for name in catalogue.controls if not catalogue.asked_by[name]] == []


def test_sources_are_named_and_ids_carry_their_checklist():
    for slug, checklist in load_catalogue().checklists.items():
        assert checklist.source.article
        assert checklist.source.publisher
        assert all(item.id.startswith(f"{slug}.") for item in checklist.items)
        assert len({item.id for item in checklist.items}) == len(checklist.items)


def test_applies_follows_the_confirmed_facts():
    control = load_catalogue().controls["endpoint-authentication"]
    assert control.applies({}) is None
    assert control.applies({"sign-in": True}) is True
    assert control.applies({"sign-in": False, "personal-data": False, "sensitive-data": False}) is False
    assert load_catalogue().controls["runbooks"].applies({}) is True


def _broken(tmp_path: Path, file: str, old: str, new: str) -> Path:
    copytree(templates() / "controls", tmp_path / "controls")
    copytree(templates() / "checklists", tmp_path / "checklists")
    for name in ("redirects.toml", "scope.toml", "signals.toml"):
        (tmp_path / name).write_text((templates() / name).read_text())
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1))
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("controls/security.toml", 'severity = "blocker"', 'severity = "deadly"', "severity"),
        ("controls/security.toml", "why = ", "whi = ", "whi"),
        ("checklists/fifty-point.toml", 'controls = ["', 'controls = ["nowhere", "', "nowhere"),
        ("checklists/fifty-point.toml", 'pillar = "1"', 'pillar = "99"', "99"),
        ("signals.toml", 'feeds = ["', 'feeds = ["nothing-known", "', "nothing-known"),
        ("scope.toml", "question = ", "question ", "not valid TOML"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, file: str, old: str, new: str, said: str):
    with pytest.raises(CatalogueError) as error:
        load_catalogue(_broken(tmp_path, file, old, new))
    assert file in str(error.value)
    assert said in str(error.value)
