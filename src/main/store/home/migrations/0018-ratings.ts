/** Ratings: what raters are shown, frozen, and what they said, a log that is only added to. */
export const ratingsSql = `
CREATE TABLE ratings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- SHA-256 of what is frozen: the same rating has it on every machine.
  key BLOB NOT NULL UNIQUE CHECK (length(key) = 32),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at_ms REAL NOT NULL,
  dataset_id INTEGER REFERENCES datasets (id) ON DELETE SET NULL,
  run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL,
  spec_json TEXT NOT NULL CHECK (json_valid(spec_json)),
  image_count INTEGER NOT NULL CHECK (image_count > 0)
) STRICT;
CREATE INDEX ratings_by_dataset ON ratings (dataset_id);
CREATE INDEX ratings_by_run ON ratings (run_id);
CREATE TRIGGER ratings_are_frozen BEFORE UPDATE OF key, spec_json, image_count ON ratings
BEGIN SELECT RAISE(ABORT, 'a rating is frozen at its start: make a new one'); END;

CREATE TABLE rating_images (
  rating_id INTEGER NOT NULL REFERENCES ratings (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  content_hash BLOB NOT NULL CHECK (length(content_hash) BETWEEN 4 AND 64),
  path TEXT NOT NULL,
  aspect REAL NOT NULL CHECK (aspect > 0),
  prediction TEXT NOT NULL,
  confidence REAL NOT NULL,
  label TEXT NOT NULL,
  -- Whether the draw of right predictions took it.
  is_rest INTEGER NOT NULL CHECK (is_rest IN (0, 1)),
  PRIMARY KEY (rating_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_images_by_content ON rating_images (content_hash);
CREATE TRIGGER rating_images_are_frozen BEFORE UPDATE ON rating_images
BEGIN SELECT RAISE(ABORT, 'a rating is frozen at its start: make a new one'); END;

-- Small copies that came in a file, for a home that has no dataset with these images.
CREATE TABLE rating_copies (
  id INTEGER PRIMARY KEY,
  rating_id INTEGER NOT NULL REFERENCES ratings (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  mime TEXT NOT NULL CHECK (mime IN ('image/jpeg', 'image/png', 'image/webp')),
  bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 4194304),
  UNIQUE (rating_id, position)
) STRICT;

CREATE TABLE rating_answers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  rating_id INTEGER NOT NULL REFERENCES ratings (id) ON DELETE CASCADE,
  rater TEXT NOT NULL CHECK (length(rater) BETWEEN 1 AND 200),
  position INTEGER NOT NULL,
  -- The image came a second time.
  is_control INTEGER NOT NULL CHECK (is_control IN (0, 1)),
  at_ms REAL NOT NULL,
  -- '': an earlier answer was taken back.
  answer TEXT NOT NULL CHECK (answer IN ('prediction', 'label', 'both', 'neither', 'unsure', '')),
  free_label TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  FOREIGN KEY (rating_id, position) REFERENCES rating_images (rating_id, position) ON DELETE CASCADE
) STRICT;
CREATE INDEX rating_answers_by_slot ON rating_answers (rating_id, rater, position, is_control, at_ms, id);
CREATE TRIGGER rating_answers_never_change BEFORE UPDATE ON rating_answers
BEGIN SELECT RAISE(ABORT, 'an answer never changes: add another'); END;
`
