/** A dataset says what kind of source it came from; until now all came from folders. */
export const sourcesSql = `
-- An entry of the table in main/sources/sources.ts. root_path is the absolute path of the source: a folder, or the file that is the source;
-- images.path is the source's key of an image, of a file its path below the source's folder.
ALTER TABLE datasets ADD COLUMN source_kind TEXT NOT NULL DEFAULT 'folder' CHECK (length(source_kind) > 0);
`
