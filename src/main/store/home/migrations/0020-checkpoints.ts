/**
 * The bytes of checkpoints are in a file of their own, checkpoints.db. What older versions saved stays in the tables here until it is pruned, and is read
 * where it lies: see docs/decisions/035-checkpoints-in-their-own-file.md.
 */
export const checkpointsSql = `
-- The table of its bytes in checkpoints.db; null: they are in checkpoint_chunks, as older versions wrote them.
ALTER TABLE checkpoints ADD COLUMN stored_as TEXT CHECK (length(stored_as) = 16);
-- Kept until the user says otherwise.
ALTER TABLE checkpoints ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1));
`
