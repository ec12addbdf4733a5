/** Queries that were given a name: views of images and runs; of predictions also slices, which may have a floor. */
export const savedQueriesSql = `
CREATE TABLE saved_queries (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL CHECK (subject IN ('images', 'predictions', 'runs')),
  -- null: of runs, which may be of any dataset.
  dataset_id INTEGER REFERENCES datasets (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- With its order.
  query TEXT NOT NULL CHECK (length(query) <= 4000),
  -- How the images are shown: 'grid' or 'list', and the height of a row of the grid, px. null: as they are.
  layout TEXT CHECK (layout IN ('grid', 'list')),
  row_px INTEGER CHECK (row_px BETWEEN 16 AND 2000),
  -- Of a slice: the least accuracy that is good enough.
  floor REAL CHECK (floor BETWEEN 0 AND 1),
  created_at_ms REAL NOT NULL,
  CHECK ((dataset_id IS NULL) = (subject = 'runs')),
  CHECK (floor IS NULL OR subject = 'predictions')
) STRICT;
CREATE UNIQUE INDEX saved_queries_by_name ON saved_queries (subject, ifnull(dataset_id, 0), name);
CREATE INDEX saved_queries_by_dataset ON saved_queries (dataset_id);
`
