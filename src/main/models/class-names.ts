/** Names of a head's classes, where the file has none of its own: the publishers' lists, or a list beside the file. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { classLists, type ClassList } from '../../domain/model/published'
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
  const names = await readNames(path)
  return names?.length === classCount ? names : null
}

/** The lists write spaces as underscores. */
const readNames = memoByFile(async (path): Promise<string[] | null> => {
  try {
    const found = await stat(path)
    if (!found.isFile() || found.size > longestListBytes) return null
    const lines = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '').split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    return lines.map((line) => line.trim().replaceAll('_', ' '))
  } catch {
    return null // not there, or not to be read: then the classes have numbers
  }
})
