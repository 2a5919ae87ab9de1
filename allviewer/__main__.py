"""`python -m allviewer`."""

import sys

from allviewer.cli import main

sys.exit(main())
