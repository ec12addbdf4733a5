/** A run that goes on keeps its results until it has new ones. */
export const resultsSql = `
-- How many steps the weights had seen that accuracy, wrong_count and predictions are of; null where there are none.
ALTER TABLE runs ADD COLUMN result_step INTEGER CHECK (result_step >= 0);
UPDATE runs SET result_step = steps_done WHERE wrong_count IS NOT NULL;

-- As they come; they take the place of the run's predictions when all of them are there.
CREATE TABLE new_predictions (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  label_index INTEGER NOT NULL,
  predicted_index INTEGER NOT NULL,
  loss REAL NOT NULL,
  label_rank INTEGER NOT NULL CHECK (label_rank >= 1),
  label_probability REAL NOT NULL CHECK (label_probability BETWEEN 0 AND 1),
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  top BLOB NOT NULL CHECK (length(top) BETWEEN 8 AND 40 AND length(top) % 8 = 0),
  PRIMARY KEY (run_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX new_predictions_by_image ON new_predictions (image_id);
`
