/** Names in zip files: UTF-8, or the letters of DOS where they are not. */

/** Code page 437 from 0x80 on (APPNOTE, appendix D: what names are in that do not say that they are UTF-8). */
const dosLetters =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

/** Most programs write UTF-8 without saying so. */
export function nameOfBytes(bytes: Buffer, isUtf8: boolean): string {
  const name = bytes.toString('utf8')
  if (isUtf8 || Buffer.from(name).equals(bytes)) return name
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : dosLetters[byte - 0x80],
  ).join('')
}
