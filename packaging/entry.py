"""Where the frozen program begins."""

import sys

from allviewer.cli import main

sys.exit(main())
