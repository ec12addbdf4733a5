/** Where images that a file names are: such files often leave out the folder or the ending that all of them share. */
import { join } from 'node:path'
import type { FileSource } from '../images/file-source'

export interface ImagePlace {
  keyOf(path: string): string
}

const endings = ['.jpg', '.jpeg', '.png', '.JPG', '.JPEG', '.PNG', '.webp', '.tif', '.bmp']
const mostFolders = 50
const sampleCount = 20

/** `paths`: as some rows give them. Of the places that fit, the one with the most of these images; the folder itself before those in it. */
export async function findPlace(
  paths: readonly string[],
  folder: string,
  files: FileSource,
): Promise<ImagePlace> {
  const step = Math.max(1, Math.floor(paths.length / sampleCount))
  const sample = paths.filter((path, index) => path !== '' && index % step === 0).slice(0, sampleCount)
  let best = { before: '', after: '', hits: await hitsOf(sample, folder, '', '', files) }
  if (best.hits * 2 < sample.length) {
    const before = ['', ...(await foldersIn(folder, files))]
    for (const after of ['', ...endings]) {
      for (const name of before) {
        const hits = await hitsOf(sample, folder, name, after, files)
        if (hits > best.hits) best = { before: name, after, hits }
      }
    }
  }
  const { before, after } = best
  return { keyOf: (path) => `${before}${path}${after}` }
}

/** With those in them; each with a slash behind it. */
async function foldersIn(folder: string, files: FileSource): Promise<string[]> {
  const upper = await namesIn(folder, files)
  const found = [...upper]
  for (const name of upper) {
    if (found.length >= mostFolders) break
    for (const inner of await namesIn(join(folder, name), files)) found.push(name + inner)
  }
  return found.slice(0, mostFolders)
}

async function namesIn(folder: string, files: FileSource): Promise<string[]> {
  const entries = await files.list(folder).catch(() => [])
  return entries
    .filter(({ kind }) => kind === 'folder')
    .map(({ nameBytes }) => nameBytes.toString('utf8'))
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => `${name}/`)
}

async function hitsOf(
  sample: readonly string[],
  folder: string,
  before: string,
  after: string,
  files: FileSource,
): Promise<number> {
  let hits = 0
  for (const path of sample) {
    if (path.includes('\0') || path.startsWith('../')) continue
    const kind = await files.kindOf(join(folder, `${before}${path}${after}`)).catch(() => null)
    if (kind === 'file') hits++
  }
  return hits
}
