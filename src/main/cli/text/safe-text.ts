/**
 * Text from folders, files and databases, made safe for a terminal: what would move the cursor, change colours or turn the direction of what
 * stands around it is written as its number.
 */

/** Control characters, line separators, marks that turn the direction, and halves of characters. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}\uFEFF]/gu
/** The same without line ends and tabs. */
const unsafeInText = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}\uFEFF]/gu
/** JSON escapes the first 32 itself, and half characters. */
const unsafeInJson = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}\uFEFF]/gu

/** Of one line, such as a cell of a table: line ends as well. */
export function safeLine(text: string): string {
  return text.replace(unsafe, numbered)
}

/** Of whole lines, which may be many. */
export function safeText(text: string): string {
  return text.replace(unsafeInText, numbered)
}

/** The same JSON, in which nothing turns or hides. */
export function safeJson(json: string): string {
  return json.replace(
    unsafeInJson,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

/** As in the messages about names: <U+202E>. */
function numbered(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`
}
