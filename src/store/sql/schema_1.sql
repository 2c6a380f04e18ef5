-- Version 1 of a project. Every table has a row number, so that a rescue can go through it in parts.
-- Every JSON column is text; times are Unix milliseconds; positions of annotations are
-- normalised to 0..1 as on the wire (row down, col right).

CREATE TABLE meta (
  row_id INTEGER PRIMARY KEY,
  key    TEXT NOT NULL UNIQUE,
  value  TEXT NOT NULL
) STRICT;

CREATE TABLE input (
  row_id           INTEGER PRIMARY KEY,
  id               TEXT NOT NULL UNIQUE,
  name             TEXT NOT NULL,
  width_px         INTEGER,          -- upright; NULL: not known yet
  height_px        INTEGER,
  orientation      INTEGER,          -- the EXIF value that was applied; NULL: not known yet
  source_json      TEXT NOT NULL,
  position         INTEGER NOT NULL,
  state_json       TEXT NOT NULL,
  checksum         INTEGER NOT NULL  -- CRC-32 of all of the above but row_id
) STRICT;
CREATE INDEX input_by_position ON input (position, row_id);

CREATE TABLE concept (
  row_id        INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL,
  color_rgb     INTEGER,             -- 0xRRGGBB; NULL: derived from the id
  position      INTEGER NOT NULL,
  hotkey        TEXT,
  hidden        INTEGER NOT NULL,
  last_used_seq INTEGER NOT NULL
) STRICT;

-- One annotation as sync sees it. What stands before `checksum` is the record, what stands behind is derived from it
-- whenever it is written, so that lists and counts need not read JSON.
CREATE TABLE annotation (
  row_id          INTEGER PRIMARY KEY,  -- drawing order
  lid             TEXT NOT NULL,        -- 32 hex digits
  sid             TEXT NOT NULL,
  input_id        TEXT NOT NULL,
  desired_json    TEXT,                 -- NULL: it shall be gone
  rev             INTEGER NOT NULL,
  base_json       TEXT,                 -- '=': the same text as desired_json
  view            INTEGER NOT NULL,     -- 0 never, 1 unknown, 2 absent, 3 present
  flight_json     TEXT,
  acked_rev       INTEGER,              -- NULL: never
  verify_after_ms INTEGER,
  hold_json       TEXT,
  echoes_json     TEXT,
  checksum        INTEGER NOT NULL,     -- CRC-32 of all of the above but row_id
  sync_state      INTEGER NOT NULL,     -- 0 clean, 1 unsent, 2 unknown, 3 suspect, 4 conflict, 5 problem
  live            INTEGER NOT NULL,     -- 0: desired_json is NULL
  status_code     INTEGER NOT NULL,
  worker_kind     INTEGER NOT NULL,     -- 0 me, 1 user, 2 model
  worker_id       TEXT NOT NULL,
  score           REAL,
  concepts        TEXT NOT NULL,        -- each id after a U+001F, and one at the end
  region_kind     TEXT NOT NULL,        -- 'image', 'box', 'polygon', 'point' or another member's name
  x0 REAL, y0 REAL, x1 REAL, y1 REAL,
  area            REAL NOT NULL
) STRICT;
CREATE UNIQUE INDEX annotation_by_lid ON annotation (lid);
CREATE INDEX annotation_by_input ON annotation (input_id);
CREATE UNIQUE INDEX annotation_by_sid ON annotation (input_id, sid);
CREATE INDEX annotation_counts ON annotation (input_id, live, status_code, sync_state);
CREATE INDEX annotation_by_status ON annotation (status_code, input_id) WHERE live = 1;
CREATE INDEX annotation_not_clean ON annotation (sync_state) WHERE sync_state > 0;

-- Every edit with before and after, in image pixels; only ever appended to.
CREATE TABLE journal (
  seq          INTEGER PRIMARY KEY,
  at_ms        INTEGER NOT NULL,
  kind         INTEGER NOT NULL,        -- 0 do, 1 undo, 2 redo
  of_seq       INTEGER,                 -- what was taken back or repeated
  title        TEXT NOT NULL,
  input_id     TEXT,
  changes_json TEXT NOT NULL,
  checksum     INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
  row_id     INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  value_json TEXT NOT NULL
) STRICT;

-- Rows whose checksum was wrong when an edit had to replace them, whole, for whoever wants to look.
CREATE TABLE damaged_row (
  row_id   INTEGER PRIMARY KEY,
  at_seq   INTEGER NOT NULL,
  lid      TEXT NOT NULL,
  row_json TEXT NOT NULL
) STRICT;
