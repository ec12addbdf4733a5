/** Who is right, as it is said in Mistakes, outside a rating. */
export const verdictEventsSql = `
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
`
