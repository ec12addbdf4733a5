/** Boxes of images. */
export const boxesSql = `
-- Of an image's boxes; null: it has none. Images are told apart by it, so that other boxes make another version.
ALTER TABLE images ADD COLUMN boxes_hash BLOB CHECK (boxes_hash IS NULL OR length(boxes_hash) = 16);

CREATE TABLE image_boxes (
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  class_name TEXT NOT NULL,
  -- In pixels of the image as shown, from its top left corner.
  x_px REAL NOT NULL,
  y_px REAL NOT NULL,
  width_px REAL NOT NULL CHECK (width_px > 0),
  height_px REAL NOT NULL CHECK (height_px > 0),
  is_crowd INTEGER NOT NULL CHECK (is_crowd IN (0, 1)),
  PRIMARY KEY (image_id, position)
) STRICT, WITHOUT ROWID;
`
