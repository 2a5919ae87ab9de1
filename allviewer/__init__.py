"""allviewer: review, correct and count cells of acute lymphoblastic leukaemia in smears. Research use only.

The map, lowest layer first; imports only ever point downwards and `lint-imports` checks it:

- ``errors``, ``progress``, ``diagnostics``, ``resources``  what every layer may use
- ``domain``     what a smear is: regions, masks, cells, classes, edits (stdlib and numpy)
- ``exchange``   what the viewer and ``training`` agree on: training sets and model packs, as files
- ``imaging``    pixels from files; ``inference`` cells from pixels; ``storage`` files written and read again
- ``session``    what is open and how it is looked at; ``jobs`` work off the UI thread
- ``workflows``  one file for each thing a person wants
- ``ui``         widgets that show and ask
- ``app``, ``cli``  the places that join the parts
"""

import os

# onnxruntime sends events to its maker unless this stands before it is imported. Nothing here leaves the machine.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"
