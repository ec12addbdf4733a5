/** The finding of an import that images of the same bytes lie where they should not. */
import type { Dataset, Image } from '../../../contract/entities/dataset'
import type { SameBytesKind } from '../../../domain/same-bytes'
import type { Core } from '../../host/compose'
import { count, plural, table } from './format'
import type { Output } from './output'

/** Images that are written out; the rest is counted. With --json all are. */
const mostShown = 20

const words: Readonly<Record<SameBytesKind, string>> = {
  classes: 'the same bytes as an image of another class: at least one of the labels is wrong.',
  parts: 'the same bytes as an image of another part: what is tested on them was seen before.',
}

/** '' where there are none. */
export async function sameBytesText(
  core: Pick<Core, 'call'>,
  dataset: Pick<Dataset, 'id' | 'imageCount' | 'sameBytes'>,
  kind: SameBytesKind,
  output: Pick<Output, 'json' | 'record'>,
): Promise<string> {
  const total = dataset.sameBytes[kind]
  if (total === 0) return ''
  const { ids } = await core.call('images.layout', { datasetId: dataset.id, filter: { sameIn: kind } })
  const images: Image[] = []
  for (const id of output.json ? ids : ids.slice(0, mostShown))
    images.push(await core.call('images.get', { id }))
  for (const image of images) output.record({ type: 'same-bytes', in: kind, image })
  const rows = images.map(({ contentHash, className, part, path }) => [
    contentHash.slice(0, 8),
    className,
    part,
    path,
  ])
  const more = total > images.length ? `\n… and ${count(total - images.length)} more` : ''
  return `${count(total)} of all ${plural(dataset.imageCount, 'image')} ${total === 1 ? 'has' : 'have'} ${words[kind]}\n${table([['bytes', 'class', 'part', 'image'], ...rows])}${more}`
}
