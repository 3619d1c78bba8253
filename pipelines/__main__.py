"""`python -m pipelines` is `folalign`, where the command is not on the path."""

import sys

from pipelines.cli import main

sys.exit(main())
