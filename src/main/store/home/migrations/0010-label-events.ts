/** Corrections of labels: a log that is only ever added to. What an image is called now is the fold over it: domain/labels/label-log.ts. */
export const labelEventsSql = `
CREATE TABLE label_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  -- The id of the first entry of what was done at once.
  group_id INTEGER NOT NULL CHECK (group_id <= id),
  at_ms REAL NOT NULL,
  by_whom TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('label', 'exclude', 'restore', 'note', 'tag', 'untag', 'undo', 'redo')),
  image_id INTEGER REFERENCES images (id) ON DELETE CASCADE,
  from_class TEXT NOT NULL DEFAULT '',
  value TEXT NOT NULL DEFAULT '',
  -- A group.
  undoes INTEGER,
  CHECK ((image_id IS NULL) = (kind IN ('undo', 'redo'))),
  CHECK ((undoes IS NULL) = (kind NOT IN ('undo', 'redo')))
) STRICT;
CREATE INDEX label_events_by_dataset ON label_events (dataset_id, id);
CREATE INDEX label_events_by_image ON label_events (image_id);
CREATE TRIGGER label_events_never_change BEFORE UPDATE ON label_events
BEGIN SELECT RAISE(ABORT, 'an entry of the label log never changes: add another'); END;
-- With its dataset alone, which is gone when its entries follow.
CREATE TRIGGER label_events_stay BEFORE DELETE ON label_events WHEN EXISTS (SELECT 1 FROM datasets WHERE id = OLD.dataset_id)
BEGIN SELECT RAISE(ABORT, 'an entry of the label log is never deleted: undo it'); END;

-- Whether the version took in corrected labels, not a source that changed.
ALTER TABLE version_changes ADD COLUMN of_labels INTEGER NOT NULL DEFAULT 0 CHECK (of_labels IN (0, 1));
`
