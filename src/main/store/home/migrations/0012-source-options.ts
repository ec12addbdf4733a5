/** How the user said that a source is to be read, beyond its folders. */
export const sourceOptionsSql = `
-- An object: columns, those of a table (contract/entities/dataset.ts, tableColumnsSchema). null: as they are recognized.
ALTER TABLE datasets ADD COLUMN source_options TEXT CHECK (json_valid(source_options));
`
