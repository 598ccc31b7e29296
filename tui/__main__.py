"""`python -P -m tui [FOLDER]`: open the workbook of a folder, the current one without an argument."""

from __future__ import annotations

import sys
from pathlib import Path

from tui.start import run

if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
