/** A program with its arguments as one line, and back. Quotes hold words with spaces together; nothing else has a meaning. Pure. */

export function readArguments(line: string): string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'),
  )
}

export function argumentsText(words: readonly string[]): string {
  return words
    .map((word) => (/^[^\s"]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`))
    .join(' ')
}
