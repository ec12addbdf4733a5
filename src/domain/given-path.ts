/** Paths as people give them: typed, pasted, or dragged from a file manager as file:// addresses. Pure. */
import { WorkbenchError } from '../contract/errors'

/** The path that is meant, relative or absolute. Throws 'bad-input' where none is given, or what is given is an address of something else. */
export function givenPath(text: string): string {
  const refuse = (what: string, wayOut: string): never => {
    throw new WorkbenchError('bad-input', what, wayOut)
  }
  if (text.trim() === '') return refuse('The path is empty.', 'Name a file or a folder.')
  if (text.includes('\0'))
    return refuse(
      `“${text.replaceAll('\0', '<U+0000>')}” is no path: it contains the character U+0000.`,
      'Check the path.',
    )
  const scheme = /^([a-z][a-z\d+.-]+):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return text
  if (scheme !== 'file')
    return refuse(
      `${text} is not a path on this machine.`,
      'Download or mount it, then give the path of the folder or file.',
    )
  return (
    pathOfFileUrl(text) ?? refuse(`${text} is no address of a file on this machine.`, 'Give the path itself.')
  )
}

/** null where it names another machine, or no path. */
function pathOfFileUrl(text: string): string | null {
  try {
    const { hostname, pathname } = new URL(text)
    if ((hostname !== '' && hostname !== 'localhost') || /%2f|%00/i.test(pathname)) return null
    const path = decodeURIComponent(pathname)
    return /^\/[a-z]:/i.test(path) ? path.slice(1) : path
  } catch {
    return null // it cannot be taken apart, or its signs are not UTF-8
  }
}
