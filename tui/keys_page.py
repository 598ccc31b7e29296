"""The page of keys for the documents, made from the actions: `python -P -m tui.keys_page [docs/keys.md]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tui.actions import ACTIONS, PLACES, shown_keys
from tui.themes import THEMES


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Keys"
    yield ""
    yield "<!-- Made by tui/keys_page.py from tui/actions.py: change an action there, then write this page again. -->"
    yield ""
    yield "`?` shows the same inside the program, `:` finds every action by name. No task needs a key that terminals or"
    yield "desktops keep for themselves; where such a key is offered, another one does the same."
    yield ""
    yield "## Settings"
    yield ""
    yield "Your own settings lie in `settings.toml` in the folder `readiness-workbook` of your configuration folder"
    yield "(`$XDG_CONFIG_HOME`, `~/.config` where it is not set). What cannot be used in it is named at the start and"
    yield "stays as it is; comments and order survive when the program changes a setting."
    yield ""
    yield "```toml"
    yield f'theme = "{THEMES[2].name}"  # the palette lists all; ansi-dark and ansi-light take the terminal\'s colors'
    yield 'motion = "reduced"                  # nothing moves by itself'
    yield ""
    yield "[keys]                              # by the names in the tables below"
    yield '"board.plan" = "p,f8"'
    yield "```"
    yield ""
    yield f"Themes of our own: {', '.join(f'`{theme.name}`' for theme in THEMES)}. `NO_COLOR` is respected; every color"
    yield "stands beside a sign or a word."
    for place, title in PLACES.items():
        yield ""
        yield f"## {title}"
        yield ""
        yield "| Key | Does | Name |"
        yield "|---|---|---|"
        for action in ACTIONS:
            if action.place == place:
                yield f"| {shown_keys(action)} | {action.about} | `{action.id}` |"


def main() -> int:
    """Write the page."""
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/keys.md").write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
