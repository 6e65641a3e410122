"""The `lastrep` command, also as `python -m lastrep`."""

import os

# Matrices are small here: more threads would only keep a core busy with waiting. NumPy's OpenBLAS
# reads this when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from lastrep.apps.cli import main

if __name__ == "__main__":
    main()
