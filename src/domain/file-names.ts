/** Names of new files and folders, made of names that come from elsewhere. Pure. */

/** Windows has these for devices, with any ending. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
/** What file systems take for one name, in bytes of UTF-8, with room for a number. */
const mostBytes = 240

/** One name of a file or folder, wherever it is written: never a path, never one that leads up or means a device. */
export function safeFileName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}\\/:*?"<>|]/gu, '_')
    .replace(/[. ]+$/u, '')
    .trimStart()
  const name = plain === '' || devices.test(plain) ? `_${plain}` : plain.replace(/^\.+/, '_')
  return cut(name)
}

/** The name, or with a number where one of that name is taken, on systems that do not tell upper from lower case, too. Adds it to `taken`. */
export function freeName(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  let free = name
  for (let turn = 2; taken.has(key(free)); turn++) free = `${stem}-${String(turn)}${ending}`
  taken.add(key(free))
  return free
}

function key(name: string): string {
  return name.toLowerCase()
}

/** The end of a name says what kind of file it is. */
function cut(name: string): string {
  const encoder = new TextEncoder()
  if (encoder.encode(name).length <= mostBytes) return name
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && name.length - dot <= 10 ? name.slice(dot) : ''
  let stem = [...name.slice(0, name.length - ending.length)]
  while (encoder.encode(stem.join('') + ending).length > mostBytes) stem = stem.slice(0, -1)
  return stem.join('') + ending
}
