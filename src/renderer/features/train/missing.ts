/** What an address of this screen asks for and does not exist: `#/train?dataset=99&from=run:7`. Pure. */
import { hrefTo } from '../../routes'
import { fromZero } from '../../state/runs/train-settings'

export interface Missing {
  /** In a sentence, without its full stop. */
  readonly title: string
  /** The address without it. */
  readonly back: string
}

/** null where all is there, or not known yet (a list or an answer that is null). */
export function missingOf(
  query: Readonly<Record<string, string>>,
  datasets: readonly { readonly id: number }[] | null,
  hasModel: (id: string) => boolean | null,
): Missing | null {
  const { dataset, from, ...others } = query
  if (dataset !== undefined && datasets !== null && !datasets.some(({ id }) => String(id) === dataset)) {
    const title = /^\d+$/.test(dataset)
      ? `There is no dataset ${dataset}`
      : `There is no dataset “${dataset}”`
    return { title, back: hrefTo('train', null, { ...others, from }) }
  }
  if (from !== undefined && from !== fromZero && hasModel(from) === false) {
    return { title: `There is no model “${from}”`, back: hrefTo('train', null, { ...others, dataset }) }
  }
  return null
}
