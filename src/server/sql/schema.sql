-- Format 1 of the server's database. seq never goes back, so listings by seq neither skip nor repeat under inserts.
CREATE TABLE apps (
  n INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (owner, id)
) STRICT;

-- One row per image that any input holds; the bytes lie beside the database, named by hash.
CREATE TABLE images (
  hash TEXT PRIMARY KEY,
  token TEXT NOT NULL UNIQUE,
  media_type TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- media: JSON of the input's data without its labels, which stand in its input-level annotation.
CREATE TABLE inputs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  app INTEGER NOT NULL REFERENCES apps (n),
  id TEXT NOT NULL,
  media TEXT NOT NULL,
  url TEXT,
  image TEXT REFERENCES images (hash),
  made_from BLOB NOT NULL,
  created_at TEXT NOT NULL,
  modified_at TEXT NOT NULL,
  UNIQUE (app, id)
) STRICT;
CREATE INDEX inputs_by_url ON inputs (app, url) WHERE url IS NOT NULL;
CREATE INDEX inputs_by_image ON inputs (image) WHERE image IS NOT NULL;

-- body: the annotation as it is answered; crc: CRC-32 of body, because SQLite does not checksum its pages.
-- made_from: hash of the request that made it, so that a repeated request is known.
CREATE TABLE annotations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  app INTEGER NOT NULL REFERENCES apps (n),
  input_id TEXT NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT,
  model_version_id TEXT,
  workflow_version_id TEXT,
  task_id TEXT,
  status INTEGER NOT NULL,
  input_level INTEGER NOT NULL,
  region_id TEXT,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  crc INTEGER NOT NULL,
  made_from BLOB NOT NULL,
  UNIQUE (app, input_id, id)
) STRICT;
CREATE INDEX annotations_by_app ON annotations (app, seq, user_id);
CREATE INDEX annotations_by_status ON annotations (app, status, seq);
CREATE INDEX annotations_by_user ON annotations (app, user_id, seq);
CREATE INDEX annotations_by_model ON annotations (app, model_version_id, seq) WHERE model_version_id IS NOT NULL;
CREATE INDEX annotations_by_region ON annotations (app, input_id, region_id) WHERE region_id IS NOT NULL;

-- Ids of deleted annotations; only kept by servers that never reuse one.
CREATE TABLE deleted (
  app INTEGER NOT NULL,
  input_id TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (app, input_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE concepts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  app INTEGER NOT NULL REFERENCES apps (n),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (app, id)
) STRICT;
