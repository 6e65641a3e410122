"""What the files and folders of a batch's results are called."""

from __future__ import annotations

#: In the output folder.
CSV_FILE, PARQUET_FILE, INDEX_FILE = "grades.csv", "grades.parquet", "index.html"
#: Holds what is not finished, below the output folder: results are moved, never copied.
WORK_FOLDER = ".running"
#: In the output folder: which clips the tables tell of, so that they can be made anew.
CLIPS_FILE = "batch.json"
#: In a clip's own folder, beside the files that `lastrep analyze` writes: its `ClipRecord`.
RECORD_FILE = "grade.json"
