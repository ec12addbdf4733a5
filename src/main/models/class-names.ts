/** Names of a head's classes, where the file has none of its own: the publishers' lists, or a list beside the file. */
import { join } from 'node:path'
import { classLists, type ClassList } from '../../domain/model/published'
import { openToRead } from '../files/open-to-read'
import { memoByFile } from './file-memo'

/** 21,843 names take 0.7 MB. */
const longestListBytes = 8e6

/** From the home's models folder; null where the list is not there or has another number of lines. */
export function listedClassNames(modelsPath: string, list: ClassList): Promise<string[] | null> {
  return namesIn(join(modelsPath, list), classLists[list])
}

/** From `FILE.classes.txt`, one name a line; null where there is none or the count does not fit. */
export function classNamesBeside(path: string, classCount: number | null): Promise<string[] | null> {
  return classCount === null ? Promise.resolve(null) : namesIn(`${path}.classes.txt`, classCount)
}

async function namesIn(path: string, classCount: number): Promise<string[] | null> {
  // not there, or not to be read: then the classes have numbers
  const names = await readNames(path).catch(() => null)
  return names?.length === classCount ? names : null
}

/** The lists write spaces as underscores. Throws what the system says. */
const readNames = memoByFile(async (path): Promise<string[] | null> => {
  const text = await readText(path)
  if (text === null) return null
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => line.trim().replaceAll('_', ' '))
})

/** null where it is longer than any list of names. */
async function readText(path: string): Promise<string | null> {
  const handle = await openToRead(path)
  try {
    return (await handle.stat()).size > longestListBytes ? null : await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}
