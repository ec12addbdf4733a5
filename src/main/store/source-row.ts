import { z } from 'zod'
import { tableColumnsSchema } from '../../contract/entities/dataset'
import type { SourceAddress } from '../sources/source'

/** How a row of `datasets` names its source. */
export interface SourceRow {
  readonly source_kind: string
  readonly root_path: string
  readonly folder_choice: 'classes' | 'parts' | null
  readonly source_options: string | null
}

const optionsSchema = z.object({ columns: tableColumnsSchema.optional() })

/** Without the links: they are the images'. */
export function sourceOf({
  source_kind,
  root_path,
  folder_choice,
  source_options,
}: SourceRow): SourceAddress {
  const { columns } = source_options === null ? {} : optionsSchema.parse(JSON.parse(source_options))
  return {
    kind: source_kind,
    path: root_path,
    ...(folder_choice !== null && { folders: folder_choice }),
    ...(columns !== undefined && { columns }),
  }
}

/** The column `source_options` of a source. */
export function optionsOf({ columns }: SourceAddress): string | null {
  return columns === undefined ? null : JSON.stringify({ columns })
}
