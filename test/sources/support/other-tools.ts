/** Files that other tools wrote (test/fixtures/importers/write.py), and what those tools read in them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { problemList } from '../../../src/main/sources/problem-list'
import { addressOf, openSource } from '../../../src/main/sources/sources'

export const fixtures = join(import.meta.dirname, '../../fixtures/importers')

const countsSchema = z.record(z.string(), z.number())
const readSchema = z.record(z.string(), z.object({ classes: countsSchema, parts: countsSchema.optional() }))

/** By the tool that wrote the file. */
export function otherCounts(name: string): {
  classes: Record<string, number>
  parts?: Record<string, number>
} {
  const counts = readSchema.parse(JSON.parse(readFileSync(join(fixtures, 'counts.json'), 'utf8')))[name]
  if (counts === undefined) throw new Error(`counts.json does not have ${name}`)
  return { classes: counts.classes, ...(counts.parts && { parts: counts.parts }) }
}

/** By ours. All that is listed counts as an image. */
export async function ourCounts(
  path: string,
): Promise<{ kind: string; classes: Record<string, number>; parts?: Record<string, number> }> {
  const address = await addressOf(path)
  const listing = await openSource(address).list({ problems: problemList(), onProgress: () => undefined })
  const placed = listing.place({ isImage: () => true, isUsable: () => true }, problemList())
  const parts = placed.flatMap(({ part }) => (part === null ? [] : [part]))
  return {
    kind: address.kind,
    classes: countBy(placed.map(({ className }) => className)),
    ...(parts.length > 0 && { parts: countBy(parts) }),
  }
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
