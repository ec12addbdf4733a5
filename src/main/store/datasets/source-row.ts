import { z } from 'zod'
import { tableColumnsSchema } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import type { SourceAddress } from '../../sources/source'

/** How a row of `datasets` names its source. */
export interface SourceRow {
  readonly source_kind: string
  readonly root_path: string
  readonly folder_choice: 'classes' | 'parts' | null
  readonly source_options: string | null
}

const optionsSchema = z.object({
  columns: tableColumnsSchema.optional(),
  /** The folders say nothing of classes. */
  unlabelled: z.literal(true).optional(),
})

/** Without the links: they are the images'. Throws 'home-broken' where the row is damaged. */
export function sourceOf({
  source_kind,
  root_path,
  folder_choice,
  source_options,
}: SourceRow): SourceAddress {
  const { columns, unlabelled } = source_options === null ? {} : readOptions(source_options)
  const folders: SourceAddress['folders'] | null = unlabelled === true ? 'unlabelled' : folder_choice
  return {
    kind: source_kind,
    path: root_path,
    ...(folders !== null && { folders }),
    ...(columns !== undefined && { columns }),
  }
}

function readOptions(cell: string): z.infer<typeof optionsSchema> {
  try {
    return optionsSchema.parse(JSON.parse(cell))
  } catch (cause) {
    throw new WorkbenchError(
      'home-broken',
      'A dataset is damaged: what its columns are is not whole. Other datasets are not affected.',
      'Remove it and import it again, or restore the database from a backup.',
      { cause },
    )
  }
}

/** The column `source_options` of a source. */
export function optionsOf({ columns, folders }: SourceAddress): string | null {
  if (folders === 'unlabelled') return JSON.stringify({ columns, unlabelled: true })
  return columns === undefined ? null : JSON.stringify({ columns })
}

/** The column `folder_choice` of a source. */
export function folderChoiceOf({ folders }: SourceAddress): SourceRow['folder_choice'] {
  return folders === undefined || folders === 'unlabelled' ? null : folders
}
