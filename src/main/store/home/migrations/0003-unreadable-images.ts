/** Images that could not be read in a run: from a position of its stream of batches on they count for nothing. */
export const unreadableImagesSql = `
CREATE TABLE unreadable_images (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  -- Step index · batch size + place in the batch; of an evaluation: steps taken · batch size.
  from_position INTEGER NOT NULL CHECK (from_position >= 0),
  reason TEXT NOT NULL,
  PRIMARY KEY (run_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX unreadable_images_by_image ON unreadable_images (image_id);

ALTER TABLE runs ADD COLUMN changed_count INTEGER NOT NULL DEFAULT 0 CHECK (changed_count >= 0);
`
