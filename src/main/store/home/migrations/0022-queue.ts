/** Whether the queue goes on by itself, and how often one of its runs was resumed after the workbench or its trainer had gone away. */
export const queueSql = `
CREATE TABLE queue_state (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  is_running INTEGER NOT NULL CHECK (is_running IN (0, 1)),
  -- Why it was held, where nobody asked for it.
  held_because_json TEXT CHECK (json_valid(held_because_json))
) STRICT;
INSERT INTO queue_state VALUES (1, 1, NULL);
ALTER TABLE queue ADD COLUMN resumed_count INTEGER NOT NULL DEFAULT 0;
`
