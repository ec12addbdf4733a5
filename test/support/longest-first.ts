/** Files that start processes go first, as they take the longest: at the end, small ones fill up what one long one would leave idle. */
import { readFileSync, statSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { startsProcesses } from './starts-processes.ts'

export class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weighed = files.map((file) => ({ file, weight: weightOf(file.moduleId) }))
    return Promise.resolve(weighed.sort((one, other) => other.weight - one.weight).map(({ file }) => file))
  }
}

/** Bytes, which tell little; of what starts processes or loads the engine, many more. */
function weightOf(path: string): number {
  const source = readFileSync(path, 'utf8')
  const isLong = startsProcesses(source) || /\bfrom '[^']*\/(?:engine|killable-core)'/.test(source)
  return statSync(path).size + (isLong ? 1e9 : 0)
}
