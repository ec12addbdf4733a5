/**
 * One line of a CSV file (RFC 4180), with its end.
 *
 * A field that begins with = + - or @ is written as it is, though a spreadsheet takes it for a formula. The tables that come from here are read back: by
 * our import (lists of images), as patches of labels, by "watch", which goes on with its own file, and by other programs, such as pandas. There is no way
 * to mark such a field that all of these undo: an apostrophe before it would make another path and another class of it, and "-1" is a class of many
 * datasets. Curves are read by people alone: there the names of runs have the apostrophe (curve-csv.ts).
 */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map(csvField).join(',')}\r\n`
}

function csvField(field: string | number): string {
  const text = String(field)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
