/** Which run a run trains again. */
export const againSql = `
ALTER TABLE runs ADD COLUMN again_of INTEGER REFERENCES runs (id) ON DELETE SET NULL;
CREATE INDEX runs_by_again ON runs (again_of) WHERE again_of IS NOT NULL;
`
