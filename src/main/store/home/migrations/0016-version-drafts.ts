/** A dataset's next version is written in pieces, so that nobody waits for all of it. */
export const versionDraftsSql = `
-- Versions that are being written: nobody sees one before it is whole. What a core left that ended meanwhile is thrown away at the next start.
CREATE TABLE version_drafts (
  split_id INTEGER PRIMARY KEY REFERENCES splits (id) ON DELETE CASCADE,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  -- Images and classes from these on are of the draft alone.
  first_image_id INTEGER NOT NULL,
  first_class_index INTEGER NOT NULL,
  -- Whether the dataset itself is new, and has no other version.
  is_new INTEGER NOT NULL CHECK (is_new IN (0, 1))
) STRICT;
CREATE INDEX version_drafts_by_dataset ON version_drafts (dataset_id);
`
