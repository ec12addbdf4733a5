/** Prediction sets beside those of a run's own evaluations. */
export const otherSetsSql = `
-- elsewhere: a run's model on another dataset, part, or version. out-of-fold: what probes that had not seen the images say of them.
CREATE TABLE other_sets (
  set_id INTEGER PRIMARY KEY REFERENCES prediction_sets (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('elsewhere', 'out-of-fold')),
  -- Whose model it is; null: no run's.
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  -- Images of all parts; prediction_sets.part says nothing then.
  is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1)),
  -- [[class of the model, class of the dataset or null], …]
  mapping_json TEXT NOT NULL,
  -- Images whose class the model does not have, and those that could not be read.
  unmapped_count INTEGER NOT NULL CHECK (unmapped_count >= 0),
  unread_count INTEGER NOT NULL CHECK (unread_count >= 0),
  CHECK ((run_id IS NULL) = (kind = 'out-of-fold'))
) STRICT;
CREATE INDEX other_sets_by_run ON other_sets (run_id);
CREATE TRIGGER other_sets_take_theirs AFTER DELETE ON other_sets
BEGIN DELETE FROM prediction_sets WHERE id = OLD.set_id; END;
`
