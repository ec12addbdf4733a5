/** What the preflight of a dataset measures, finds, and was told to ignore. */
export const preflightSql = `
-- What the pixels of a content say. Can be computed again at any time; version: of the computation.
CREATE TABLE pixel_facts (
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  content_hash BLOB NOT NULL CHECK (length(content_hash) BETWEEN 4 AND 64),
  version INTEGER NOT NULL,
  -- Twelve words of 16 bits, little-endian: difference hash of the image, of it in a mirror, of it without its edges.
  hashes BLOB NOT NULL CHECK (length(hashes) = 24),
  brightness REAL NOT NULL,
  contrast REAL NOT NULL,
  sharpness REAL NOT NULL,
  colourfulness REAL NOT NULL,
  PRIMARY KEY (dataset_id, content_hash)
) STRICT, WITHOUT ROWID;

-- 32 × 32 levels of grey. Apart, so that no query over the figures reads past them.
CREATE TABLE grey_thumbnails (
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  content_hash BLOB NOT NULL,
  grey BLOB NOT NULL CHECK (length(grey) = 1024),
  PRIMARY KEY (dataset_id, content_hash)
) STRICT;

-- The last check of a dataset. split_id: of the version whose images were looked at.
CREATE TABLE preflight_checks (
  dataset_id INTEGER PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
  split_id INTEGER NOT NULL REFERENCES splits (id) ON DELETE CASCADE,
  checked_at_ms REAL NOT NULL,
  unread_count INTEGER NOT NULL CHECK (unread_count >= 0)
) STRICT;
CREATE INDEX preflight_checks_by_split ON preflight_checks (split_id);

-- Contents that the last check found to show the same, or to be alike. By content, so that it holds in every version; whether it is a leak depends on the
-- split.
CREATE TABLE duplicate_groups (
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  group_index INTEGER NOT NULL CHECK (group_index >= 0),
  kind TEXT NOT NULL CHECK (kind IN ('same-image', 'similar')),
  content_hash BLOB NOT NULL,
  PRIMARY KEY (dataset_id, group_index, content_hash)
) STRICT, WITHOUT ROWID;

-- item: the content of an image, lower-case hex, or the index of a class where the finding is about classes.
CREATE TABLE preflight_ignored (
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  finding TEXT NOT NULL CHECK (length(finding) > 0),
  item TEXT NOT NULL CHECK (length(item) > 0),
  reason TEXT NOT NULL,
  at_ms REAL NOT NULL,
  PRIMARY KEY (dataset_id, finding, item)
) STRICT, WITHOUT ROWID;

-- Held-out images of a run that its training part has a twin of, as it was known at its start.
CREATE TABLE run_twins (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  PRIMARY KEY (run_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_twins_by_image ON run_twins (image_id);
`
