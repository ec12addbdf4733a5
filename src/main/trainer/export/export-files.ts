/** What lies in an export's folder. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from '../../../contract/entities/export'

/** By path, with / on every system, in their order. */
export async function filesOf(folder: string): Promise<{ path: string; byteCount: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
  return Promise.all(paths.map(async (path) => ({ path, byteCount: (await stat(join(folder, path))).size })))
}

/** The same with their SHA-256. */
export async function hashedFiles(folder: string): Promise<Certificate['files']> {
  const hashed: Certificate['files'] = []
  for (const file of await filesOf(folder)) {
    const hash = createHash('sha256')
    for await (const piece of createReadStream(join(folder, file.path))) hash.update(piece as Buffer)
    hashed.push({ ...file, sha256: hash.digest('hex') })
  }
  return hashed
}
