-- One recorded clip or one live session of an athlete. Analysed again, it is the same row.
CREATE TABLE recording (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    athlete TEXT NOT NULL COLLATE NOCASE,
    source TEXT NOT NULL,       -- hash of the clip's content, or the live session's own id
    name TEXT NOT NULL,         -- file name, for people
    recorded_at TEXT NOT NULL,  -- UTC, ISO 8601: texts sort as times
    UNIQUE (athlete, source)
);

-- One set: what was declared, what was seen, and the whole report. An id is never used again.
CREATE TABLE lifted_set (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recording_id INTEGER NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,    -- within the recording, from 1
    performed_at TEXT NOT NULL, -- as recorded_at

    load_value REAL,            -- in load_unit
    load_unit TEXT,
    prescription TEXT,          -- of this set, in the notation of prescriptions
    rest_before_s REAL,
    rpe REAL,

    exercise TEXT NOT NULL,
    view TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    completed_reps INTEGER NOT NULL,
    good_reps INTEGER NOT NULL,
    end_reason TEXT NOT NULL,
    end_rep INTEGER,
    fault_ids TEXT NOT NULL,    -- JSON list
    first_velocity_m_s REAL,
    best_velocity_m_s REAL,
    last_velocity_m_s REAL,
    scale_source TEXT NOT NULL,
    velocity_loss_pct REAL,
    rir_fewest INTEGER,
    rir_most INTEGER,
    rom_deg REAL,
    form_score REAL,
    coverage REAL,

    report BLOB NOT NULL,       -- the set's part of the result document: JSON, deflated (zlib)
    UNIQUE (recording_id, number)
);

CREATE INDEX lifted_set_by_exercise ON lifted_set (exercise, performed_at);
CREATE INDEX lifted_set_by_time ON lifted_set (performed_at);
