"""What a person sets for themselves: theme, motion and keys, in a TOML file of their own settings folder."""

from __future__ import annotations

import os
import tempfile
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from textual.keys import Keys

from tui.themes import DEFAULT
from workbook.errors import Refused
from workbook.reading import nearest

KNOWN: Final = ("theme", "motion", "keys")
MOTIONS: Final = ("full", "reduced")

# What a keymap may name: Textual's own names, after any of these.
MODIFIERS: Final = ("ctrl+", "shift+", "alt+")
NAMED: Final = frozenset(key.value for key in Keys) | {"space", "enter", "escape", "slash", "question_mark", "colon"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings as they apply. `troubles` are what the file says that cannot be used, one line each."""

    theme: str = DEFAULT
    reduced_motion: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by action id, several with commas."""
    path: Path | None = None
    """The file; None where nothing is kept, as in tests."""
    troubles: tuple[str, ...] = ()


def default_path() -> Path:
    """Where the settings lie: the folder that XDG_CONFIG_HOME or the system names."""
    import platformdirs

    return platformdirs.user_config_path("readiness-workbook") / "settings.toml"


def load(path: Path, themes: Collection[str], actions: Collection[str]) -> Settings:
    """The settings of a file. What cannot be used is named and left as it is; everything else applies."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings(path=path)
    except (OSError, UnicodeDecodeError) as error:
        return Settings(path=path, troubles=(f"{path} cannot be read: {error}",))
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Settings(path=path, troubles=(f"{path} is not TOML and was left alone: {error}",))
    troubles = [*_unknown(table), *_bad_values(table, themes), *_bad_keys(table, actions)]
    made = Settings(path=path, troubles=tuple(f"{path}: {one}" for one in troubles))
    theme, motion = table.get("theme"), table.get("motion")
    return replace(
        made,
        theme=theme if isinstance(theme, str) and theme in themes else DEFAULT,
        reduced_motion=motion == "reduced",
        keys=dict(_keys(table, actions)),
    )


def keep(path: Path, key: str, value: str) -> None:
    """Write one setting into the file; comments, order and everything else in it stay.

    Raises:
        Refused: the file is there and is not TOML, or cannot be written. It stays as it is.
    """
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        document = tomlkit.parse(before)
    except (OSError, UnicodeDecodeError, ParseError) as error:
        raise Refused(f"{path} was left alone: {error}", "mend it, or move it away") from None
    document[key] = value
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, tomlkit.dumps(document))
    except OSError as error:
        told = f"{path} cannot be written: {error.strerror or error}"
        raise Refused(told, "the setting holds until you leave") from None


def _replace(path: Path, text: str) -> None:
    """Readers see the old file or the new one. A link is followed, so that kept dotfiles stay where they are."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".settings-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _unknown(table: Mapping[str, Any]) -> Iterator[str]:
    for name in table:
        if name not in KNOWN:
            yield f"{name!r} is no setting{nearest(name, KNOWN)}; there are {', '.join(KNOWN)}"


def _bad_values(table: Mapping[str, Any], themes: Collection[str]) -> Iterator[str]:
    theme, motion = table.get("theme", DEFAULT), table.get("motion", MOTIONS[0])
    if not isinstance(theme, str) or theme not in themes:
        yield f"there is no theme {theme!r}{nearest(str(theme), themes)}; the palette lists them"
    if motion not in MOTIONS:
        yield f"motion = {motion!r} is not one of {', '.join(MOTIONS)}"


def _bad_keys(table: Mapping[str, Any], actions: Collection[str]) -> Iterator[str]:
    keys = table.get("keys", {})
    if not isinstance(keys, dict):
        yield 'keys is no table; write [keys] and below it action = "key"'
        return
    for name, value in keys.items():
        if name not in actions:
            yield f"keys.{name}: there is no such action{nearest(name, actions)}; docs/keys.md lists them"
        elif not isinstance(value, str) or not value.strip():
            yield f"keys.{name} must be a key in quotes, several with commas"
        else:
            bad = [one for one in value.split(",") if not _is_key(one.strip())]
            yield from (f"keys.{name}: {one!r} is no key" for one in bad)


def _keys(table: Mapping[str, Any], actions: Collection[str]) -> Iterator[tuple[str, str]]:
    keys = table.get("keys", {})
    for name, value in keys.items() if isinstance(keys, dict) else ():
        if name in actions and isinstance(value, str):
            good = [one.strip() for one in value.split(",") if _is_key(one.strip())]
            if good:
                yield name, ",".join(good)


def _is_key(name: str) -> bool:
    for modifier in MODIFIERS:
        name = name.removeprefix(modifier)
    if len(name) == 1 or name in NAMED:
        return True
    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return True
