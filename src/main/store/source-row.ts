import type { SourceAddress } from '../sources/source'

/** How a row of `datasets` names its source. */
export interface SourceRow {
  readonly source_kind: string
  readonly root_path: string
  readonly folder_choice: 'classes' | 'parts' | null
}

/** Without the links: they are the images'. */
export function sourceOf({ source_kind, root_path, folder_choice }: SourceRow): SourceAddress {
  return {
    kind: source_kind,
    path: root_path,
    ...(folder_choice !== null && { folders: folder_choice }),
  }
}
