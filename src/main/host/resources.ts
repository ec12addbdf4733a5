import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder `resources` beside package.json. Built and unbuilt, this program lies somewhere below that. */
export function findResources(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, 'resources')
    if (folder === dirname(folder)) throw new Error(`There is no package.json above ${from}.`)
  }
}
