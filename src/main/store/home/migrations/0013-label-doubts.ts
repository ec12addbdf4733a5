/** Features of images, and the labels that were doubted by them. */
export const labelDoubtsSql = `
-- Of a model, by what its weights and its crop are: what its head reads of a content. float16, little-endian.
CREATE TABLE image_features (
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  model_key TEXT NOT NULL,
  content_hash BLOB NOT NULL,
  features BLOB NOT NULL CHECK (length(features) > 0),
  PRIMARY KEY (dataset_id, model_key, content_hash)
) STRICT;

-- Labels that the last look for wrong ones doubted, the surest first. It holds while the image has that label.
CREATE TABLE label_checks (
  dataset_id INTEGER PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
  checked_at_ms REAL NOT NULL
) STRICT;
CREATE TABLE label_doubts (
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  content_hash BLOB NOT NULL,
  label TEXT NOT NULL,
  suggested TEXT NOT NULL,
  label_probability REAL NOT NULL,
  suggested_probability REAL NOT NULL,
  PRIMARY KEY (dataset_id, position)
) STRICT, WITHOUT ROWID;
`
