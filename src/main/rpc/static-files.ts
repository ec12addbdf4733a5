/**
 * The built interface, by address. The list is made once and addresses are looked up as they came: nothing is decoded or
 * joined, so no address leads out of the folder. Imports only Node: the window, which runs on an old one, uses it too.
 */
import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'

export interface StaticFile {
  readonly filePath: string
  readonly mime: string
  /** The name carries a hash of the content. */
  readonly hashed: boolean
}

/** Keys are paths of addresses, '/assets/index-B3x.js'; '/' is the page itself. Throws where the folder is not there. */
export function listStaticFiles(rootPath: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  const visit = (folderPath: string, address: string): void => {
    for (const entry of readdirSync(folderPath, { withFileTypes: true })) {
      const path = join(folderPath, entry.name)
      if (entry.isDirectory()) visit(path, `${address}${entry.name}/`)
      if (!entry.isFile()) continue
      const mime = mimes[extname(entry.name).toLowerCase()]
      if (mime === undefined) continue
      // Vite's assets folder holds only files with a hash in their name.
      files.set(address + entry.name, { filePath: path, mime, hashed: address === '/assets/' })
    }
  }
  visit(rootPath, '/')
  const page = files.get('/index.html')
  if (page !== undefined) files.set('/', page)
  return files
}

const mimes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}
