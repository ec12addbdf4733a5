/**
 * A name for a run: dataset, model and the first free letter, e.g. flowers17-r50x1-a; after z come aa, ab … Pure.
 */
export function suggestRunName(datasetName: string, model: string, taken: ReadonlySet<string>): string {
  const stem = `${plain(datasetName)}-${plain(model.replace(/^units:/, 'u').replace(/,width:/, 'w'))}`
  for (let index = 0; ; index++) {
    const name = `${stem}-${letters(index)}`
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

function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26))
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last
}
