/** Of tables that people write by hand and by other programs, also of several kinds in one file: for `csv-parse`, which would take the first for all. */
export const lineEnds = ['\r\n', '\n', '\r']
