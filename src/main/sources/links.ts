/** Links to files outside a source. Who imports them opens their targets; a link that leads elsewhere later opens nothing. */
import { realpathSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { type EntryKind, type FileSource, reasonOf } from '../images/file-source'
import { isDenied, refusedBySystem, systemRefusal } from '../images/system-refusal'

/** By key, the real path that a link led to when it was imported. */
export type LinkTargets = ReadonlyMap<string, string>

/**
 * What a path leads to, links followed; or why it leads to nothing, without a capital letter. Throws what the system refuses
 * ('path-not-readable'): a folder that may not be looked into, or no more open files, would else be a fault of each image.
 */
export async function followLink(
  path: string,
  files: FileSource,
): Promise<{ readonly target: string; readonly kind: EntryKind } | { readonly reason: string }> {
  try {
    return { target: await files.realPath(path), kind: await files.kindOf(path) }
  } catch (error) {
    const text = await files.linkText(path).catch(() => null) // null: it is no link
    // what a link leads to may be locked for good reasons: that is the link's own fault
    const isItsOwn = text !== null && isDenied(error)
    if (refusedBySystem(error) && !isItsOwn)
      throw systemRefusal(isDenied(error) ? dirname(path) : path, error)
    if (text === null) return { reason: `the file cannot be read: ${reasonOf(error)}` }
    return { reason: `it is a link to ${text}, which cannot be followed: ${reasonOf(error)}` }
  }
}

/** Of a link to neither a file nor a folder, without a capital letter. */
export function oddTarget(target: string): string {
  return `it is a link to ${target}, which is neither a file nor a folder (a device, a socket or a pipe).`
}

export function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** The path to open for a key: of a link, what it led to when it was imported. Throws 'not-allowed', and what the system says. */
export async function openedPath(rootPath: string, key: string, links: LinkTargets): Promise<string> {
  const path = join(rootPath, key)
  const target = links.get(key)
  if (target === undefined) return path
  const real = await realpath(path)
  if (real === target) return target
  throw leadsElsewhere(path, real, target)
}

/** The same, at once; null instead of an error. */
export function openedPathNow(rootPath: string, key: string, links: LinkTargets): string | null {
  const path = join(rootPath, key)
  const target = links.get(key)
  if (target === undefined) return path
  try {
    return realpathSync.native(path) === target ? target : null
  } catch {
    return null // it is gone: who reads it finds out why
  }
}

function leadsElsewhere(path: string, real: string, target: string): WorkbenchError {
  return new WorkbenchError(
    'not-allowed',
    `${path} is now a link to ${real}. When it was imported, it was a link to ${target}.`,
    'Nothing was opened. Let it lead there again, or import the dataset again.',
  )
}
