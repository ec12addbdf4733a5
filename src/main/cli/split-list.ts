/** The split of a dataset, written as a list that can be imported again. */
import { writeFile } from 'node:fs/promises'
import { writeError } from '../files/write-error'
import type { CliContext } from './context'
import { findDataset } from './find'
import { count } from './format'
import { withReading } from './open'
import { pathArgument } from './path-argument'

export function runSplitList(context: CliContext, wanted: string, typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withReading(context, 'datasets split', async (call) => {
    const { id, rootPath } = await findDataset(call, wanted)
    const { text, imageCount, leftOutCount } = await call('datasets.splitList', { id })
    try {
      await writeFile(path, text, { flag: 'wx' })
    } catch (thrown) {
      throw writeError(path, thrown)
    }
    const { output } = context
    output.record({ type: 'split-list', path, imageCount, leftOutCount })
    output.print(`${count(imageCount)} images with their classes and parts in ${path}`)
    if (leftOutCount > 0)
      output.print(
        `${count(leftOutCount)} left out: their paths or classes have a tab or a line end in them.`,
      )
    output.print(`Its paths are as ${rootPath} has them: to import the list, put it there.`)
    return 0
  })
}
