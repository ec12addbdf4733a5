/**
 * A dataset takes in what changed in its source as a new version; evaluations keep more than their accuracy; a run names the images whose files had
 * changed.
 */
export const datasetVersionsSql = `
ALTER TABLE evaluations ADD COLUMN part_count INTEGER CHECK (part_count >= 0);
ALTER TABLE evaluations ADD COLUMN top_five_count INTEGER CHECK (top_five_count BETWEEN 0 AND evaluated_count);
-- Mean over the classes with images of the share of their images that are right; how many those are; images of the smallest and of the largest.
ALTER TABLE evaluations ADD COLUMN balanced_accuracy REAL CHECK (balanced_accuracy BETWEEN 0 AND 1);
ALTER TABLE evaluations ADD COLUMN class_count INTEGER CHECK (class_count > 0);
ALTER TABLE evaluations ADD COLUMN class_least INTEGER CHECK (class_least > 0);
ALTER TABLE evaluations ADD COLUMN class_most INTEGER CHECK (class_most >= class_least);

UPDATE evaluations SET part_count = (
  SELECT count(*) FROM runs JOIN split_images ON split_images.split_id = runs.split_id AND split_images.part = evaluations.part
  WHERE runs.id = run_id);
-- Those whose predictions are the run's: what they say of each image is in the database.
UPDATE evaluations SET
  top_five_count = (SELECT CASE WHEN runs.class_count > 5 THEN
    (SELECT count(*) FROM predictions WHERE predictions.run_id = runs.id AND label_rank <= 5) END FROM runs WHERE runs.id = evaluations.run_id),
  (balanced_accuracy, class_count, class_least, class_most) = (
    SELECT avg(share), count(*), min(total), max(total) FROM (
      SELECT avg(label_rank = 1) AS share, count(*) AS total
      FROM predictions WHERE predictions.run_id = evaluations.run_id GROUP BY label_index))
  WHERE evaluated_count > 0
    AND evaluated_count = (SELECT count(*) FROM predictions WHERE predictions.run_id = evaluations.run_id)
    AND EXISTS (SELECT 1 FROM runs WHERE runs.id = run_id AND result_step = step_index AND evaluated_on = evaluations.part);

-- Every split is a version of its dataset, by the number of the split, whether a run used it or not.
INSERT INTO dataset_versions (dataset_id, split_id, created_at_ms, image_count, sha256)
  SELECT splits.dataset_id, splits.id, datasets.created_at_ms, count(*),
    version_sha256(path, content_hash, classes.name, part ORDER BY images.id)
  FROM splits
    JOIN datasets ON datasets.id = splits.dataset_id
    JOIN split_images ON split_images.split_id = splits.id
    JOIN images ON images.id = split_images.image_id
    JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
  WHERE splits.id NOT IN (SELECT split_id FROM dataset_versions) GROUP BY splits.id;

-- What a version took in; none of one that an import or a new split made.
CREATE TABLE version_changes (
  version_id INTEGER PRIMARY KEY REFERENCES dataset_versions (id) ON DELETE CASCADE,
  new_count INTEGER NOT NULL CHECK (new_count >= 0),
  gone_count INTEGER NOT NULL CHECK (gone_count >= 0),
  changed_count INTEGER NOT NULL CHECK (changed_count >= 0),
  moved_count INTEGER NOT NULL CHECK (moved_count >= 0),
  relabelled_count INTEGER NOT NULL CHECK (relabelled_count >= 0)
) STRICT;

-- What a class is called in a version where that is not its name in the table classes: its folder was renamed. Its number stays.
ALTER TABLE split_classes ADD COLUMN name TEXT CHECK (length(name) > 0);

-- The same content may stand for an older version at another place.
CREATE INDEX images_by_content ON images (dataset_id, content_hash);

-- Files that were not as they were imported when the run started or went on. from_step: steps that were done then.
CREATE TABLE changed_images (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  from_step INTEGER NOT NULL CHECK (from_step >= 0),
  PRIMARY KEY (run_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX changed_images_by_image ON changed_images (image_id);
`
