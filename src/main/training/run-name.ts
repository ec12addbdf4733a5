/** A name for a run: its dataset, the model that it starts from (its size from zero), and the first free number: flowers-bit-tiny-1. Pure. */
import { startSlug, type ModelOrigin } from '../../domain/model/model-names'

export function suggestRunName(datasetName: string, start: ModelOrigin, taken: ReadonlySet<string>): string {
  const stem = `${plain(datasetName)}-${plain(startSlug(start))}`
  for (let number = 1; ; number++) {
    const name = `${stem}-${number}`
    if (!taken.has(name)) return name
  }
}

/** Spaces and signs become hyphens; letters of every script stay. */
function plain(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}.]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 80) || 'run'
  )
}
