"""Write every page of reference below docs/reference."""

from __future__ import annotations

import sys

from docs.generator.pages import FOLDER, pages


def main() -> int:
    """Write the pages, and take away what is no page any more."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(made)} pages in {FOLDER}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
