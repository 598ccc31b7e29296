"""`python -P -m workbook` is `readiness`, for where the console script is not on the path."""

import sys

from workbook.launch import main

sys.exit(main())
