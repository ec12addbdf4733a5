/** How folders are read, links to files elsewhere, and images whose bytes are in a split more than once. */
export const foldersSql = `
-- How the user said that the folders are to be read; null: as they are recognized.
ALTER TABLE datasets ADD COLUMN folder_choice TEXT CHECK (folder_choice IN ('classes', 'parts'));

-- Of an image that is a link out of its source: the real path that it led to at the import. Nothing else is opened for it.
ALTER TABLE images ADD COLUMN link_target TEXT CHECK (length(link_target) > 0);

-- Images of a split whose bytes another image of it has: under another class ('classes'), in another part ('parts').
CREATE TABLE same_bytes (
  split_id INTEGER NOT NULL REFERENCES splits (id) ON DELETE CASCADE,
  other TEXT NOT NULL CHECK (other IN ('classes', 'parts')),
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  PRIMARY KEY (split_id, other, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX same_bytes_by_image ON same_bytes (image_id);
CREATE TRIGGER same_bytes_are_immutable BEFORE UPDATE ON same_bytes
BEGIN SELECT RAISE(ABORT, 'a split never changes: make a new one'); END;

CREATE TEMP TABLE repeated (
  split_id INTEGER, content_hash BLOB, in_classes INTEGER, in_parts INTEGER, PRIMARY KEY (split_id, content_hash)
) WITHOUT ROWID;
INSERT INTO repeated
  SELECT split_id, content_hash, min(class_index) <> max(class_index), min(part) <> max(part)
  FROM split_images JOIN images ON images.id = image_id
  GROUP BY split_id, content_hash
  HAVING count(*) > 1 AND (min(class_index) <> max(class_index) OR min(part) <> max(part));
INSERT INTO same_bytes (split_id, other, image_id)
  SELECT split_images.split_id, kinds.name, image_id
  FROM split_images JOIN images ON images.id = image_id
    CROSS JOIN repeated ON repeated.split_id = split_images.split_id AND repeated.content_hash = images.content_hash
    JOIN (SELECT 'classes' AS name UNION ALL SELECT 'parts') AS kinds
      ON CASE kinds.name WHEN 'classes' THEN in_classes ELSE in_parts END;
DROP TABLE repeated;
`
