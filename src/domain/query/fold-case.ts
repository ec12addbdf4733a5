/** For comparing what was typed with names and paths: capital letters and the ways to write an accent make no difference. Pure. */
export function foldCase(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
