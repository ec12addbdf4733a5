/** Steps in blocks of about a thousand; the newest stay rows. Memory and the use of a GPU beside them. */
export const stepBlocksSql = `
CREATE TABLE step_blocks (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  first_step INTEGER NOT NULL CHECK (first_step >= 0),
  last_step INTEGER NOT NULL CHECK (last_step >= first_step),
  -- As domain/steps/step-block.ts packs them.
  bytes BLOB NOT NULL CHECK (length(bytes) > 8),
  UNIQUE (run_id, first_step)
) STRICT;

ALTER TABLE steps ADD COLUMN memory_bytes REAL;
ALTER TABLE steps ADD COLUMN gpu_use REAL;
`
