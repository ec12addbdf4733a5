/** Verdicts said in Mistakes join the log of labels: one log, so that one undo takes back the last of both. */
export const verdictsUndoneSql = `
CREATE TABLE new_label_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  -- The id of the first entry of what was done at once.
  group_id INTEGER NOT NULL CHECK (group_id <= id),
  at_ms REAL NOT NULL,
  -- Of a verdict the rater.
  by_whom TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('label', 'exclude', 'restore', 'note', 'tag', 'untag', 'verdict', 'undo', 'redo')),
  image_id INTEGER REFERENCES images (id) ON DELETE CASCADE,
  -- Of a verdict the label that it is about.
  from_class TEXT NOT NULL DEFAULT '',
  -- Of a verdict the answer; '': an earlier one is taken back.
  value TEXT NOT NULL DEFAULT '',
  -- Of a verdict the prediction that it is about.
  prediction TEXT NOT NULL DEFAULT '',
  -- A group.
  undoes INTEGER,
  CHECK ((image_id IS NULL) = (kind IN ('undo', 'redo'))),
  CHECK ((undoes IS NULL) = (kind NOT IN ('undo', 'redo'))),
  CHECK (kind <> 'verdict' OR value IN ('prediction', 'label', 'both', 'neither', 'unsure', ''))
) STRICT;
INSERT INTO new_label_events (id, dataset_id, group_id, at_ms, by_whom, kind, image_id, from_class, value, undoes)
  SELECT id, dataset_id, group_id, at_ms, by_whom, kind, image_id, from_class, value, undoes FROM label_events;
-- Verdicts of before this log have numbers below zero, in their order: they hold, and undo does not reach them.
INSERT INTO new_label_events (id, dataset_id, group_id, at_ms, by_whom, kind, image_id, from_class, value, prediction)
  SELECT number, dataset_id, number, at_ms, rater, 'verdict', image_id, label, answer, prediction
  FROM (SELECT verdict_events.*, verdict_events.id - 1 - (SELECT max(id) FROM verdict_events) AS number,
      (SELECT max(images.id) FROM datasets CROSS JOIN images ON images.dataset_id = datasets.id
        AND images.content_hash = verdict_events.content_hash) AS image_id FROM verdict_events)
    JOIN (SELECT id AS of_image, dataset_id FROM images) ON of_image = image_id;
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_label_events', 0
  WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'new_label_events');
UPDATE sqlite_sequence SET seq = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'label_events'), 0)
  WHERE name = 'new_label_events';
DROP TABLE label_events;
DROP TABLE verdict_events;
ALTER TABLE new_label_events RENAME TO label_events;
CREATE INDEX label_events_by_dataset ON label_events (dataset_id, id);
CREATE INDEX label_events_by_image ON label_events (image_id);
CREATE INDEX label_events_by_undone ON label_events (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX label_events_verdicts ON label_events (id) WHERE kind = 'verdict';
CREATE TRIGGER label_events_never_change BEFORE UPDATE ON label_events
BEGIN SELECT RAISE(ABORT, 'an entry of the label log never changes: add another'); END;
-- With its dataset alone, which is gone when its entries follow.
CREATE TRIGGER label_events_stay BEFORE DELETE ON label_events WHEN EXISTS (SELECT 1 FROM datasets WHERE id = OLD.dataset_id)
BEGIN SELECT RAISE(ABORT, 'an entry of the label log is never deleted: undo it'); END;
`
