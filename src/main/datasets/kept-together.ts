/** What a new split keeps together, with what a column of the dataset's table says of its images. */
import type { SplitTogether } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import type { KeptTogether } from '../../domain/split-groups'
import type { SourceAddress } from '../sources/source'
import { openSource } from '../sources/sources'

/** Throws 'bad-input' where there is no table, no such column, or nothing in it, and what reading throws. */
export async function keptTogether(
  address: SourceAddress,
  together: SplitTogether = 'copies',
): Promise<KeptTogether> {
  if (typeof together === 'string') return together
  const values = await openSource(address).valuesOf?.(together.column)
  if (values === undefined) {
    throw new WorkbenchError(
      'bad-input',
      `${address.path} has no columns: only a dataset from a table does.`,
      'Keep the images of a folder together, or import a table that names the images.',
    )
  }
  if (values.size > 0) return values
  throw new WorkbenchError(
    'bad-input',
    `The column “${together.column}” of ${address.path} says nothing of any image.`,
    'Choose a column that has values.',
  )
}
