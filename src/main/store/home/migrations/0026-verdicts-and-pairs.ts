/** Who is right, as it is said in Mistakes; and pairs of images that are alike, for another threshold. */
export const verdictsAndPairsSql = `
-- What is said outside a rating.
CREATE TABLE verdict_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms REAL NOT NULL,
  rater TEXT NOT NULL CHECK (length(rater) BETWEEN 1 AND 200),
  content_hash BLOB NOT NULL CHECK (length(content_hash) BETWEEN 4 AND 64),
  prediction TEXT NOT NULL,
  label TEXT NOT NULL,
  -- '': an earlier answer was taken back.
  answer TEXT NOT NULL CHECK (answer IN ('prediction', 'label', 'both', 'neither', 'unsure', ''))
) STRICT;
CREATE INDEX verdict_events_by_content ON verdict_events (content_hash);
CREATE TRIGGER verdict_events_never_change BEFORE UPDATE ON verdict_events
BEGIN SELECT RAISE(ABORT, 'an answer never changes: add another'); END;

-- Pairs of contents that the last check found alike: groups under another threshold come from them. None where there were too many.
CREATE TABLE duplicate_pairs (
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  one_hash BLOB NOT NULL,
  other_hash BLOB NOT NULL,
  likeness REAL NOT NULL,
  PRIMARY KEY (dataset_id, one_hash, other_hash)
) STRICT, WITHOUT ROWID;

-- From which likeness two images are the same one; null: the usual.
ALTER TABLE preflight_checks ADD COLUMN same_likeness REAL;
`
