/** How a view of runs is shown: its columns, order and grouping. */
export const runViewsSql = `
-- JSON: contract/entities/saved-query.ts. null: of images and predictions.
ALTER TABLE saved_queries ADD COLUMN table_json TEXT CHECK (table_json IS NULL OR (subject = 'runs' AND json_valid(table_json)));
`
