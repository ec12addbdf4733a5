/** Runs of other programs stand in the history: they have numbers as all runs do, and the same can be said of them. */
export const importedRunsSql = `
PRAGMA defer_foreign_keys = ON;
ALTER TABLE other_runs ADD COLUMN is_starred INTEGER NOT NULL DEFAULT 0 CHECK (is_starred IN (0, 1));
ALTER TABLE other_runs ADD COLUMN archived_at_ms REAL;
ALTER TABLE other_runs ADD COLUMN deleted_at_ms REAL;
-- Markdown.
ALTER TABLE other_runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
-- As its log has it, whatever it is called here: what comes again from the same place is the same run.
ALTER TABLE other_runs ADD COLUMN logged_name TEXT NOT NULL DEFAULT '';
UPDATE other_runs SET logged_name = name;
-- null where an earlier workbench took it in.
ALTER TABLE other_metrics ADD COLUMN last_step REAL;

CREATE TABLE other_run_tags (
  run_id INTEGER NOT NULL REFERENCES other_runs (id) ON DELETE CASCADE,
  tag TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 100),
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;

-- No run has the number of another: from here on both tables take theirs from the sequence of runs.
CREATE TEMP TABLE shift AS SELECT coalesce(max(seq), 0) AS by_count FROM sqlite_sequence WHERE name IN ('runs', 'other_runs');
UPDATE other_runs SET id = id + (SELECT by_count FROM shift);
UPDATE other_metrics SET run_id = run_id + (SELECT by_count FROM shift);
DROP TABLE shift;
INSERT INTO sqlite_sequence (name, seq) SELECT 'runs', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'runs');
UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(id), 0) FROM other_runs)) WHERE name = 'runs';
`
