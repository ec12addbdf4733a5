import { getImage, imageLayout, sampleImages } from '../store/datasets/images'
import { splitParts, type FoundImage } from '../../contract/entities/dataset'
import { withoutField } from '../../domain/query/edit'
import { foundStamp } from '../columns/chosen-images'
import { countCodes, packed, packedColumn } from '../columns/counts'
import type { Columns } from '../columns/columns'
import type { ImageColumns } from '../columns/image-columns'
import { imagePaths } from '../store/column-pages'
import { partOfCode } from '../store/datasets/split-parts'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'

export function imagesHandlers({ db }: ServiceContext, columns: Columns): DomainHandlers<'images'> {
  /** Questions about what is alike. */
  let newest = 0
  return {
    'images.sample': async ({ datasetId, count }) => sampleImages(db, datasetId, count),
    'images.layout': async ({ datasetId, filter }) => imageLayout(db, datasetId, filter),
    'images.query': async ({ datasetId, query, offset, limit }) => {
      const { images, rows, classNames } = await columns.images(datasetId, query)
      const shown = rows.subarray(offset, offset + limit)
      return { total: rows.length, images: foundImages(db, images, classNames, shown) }
    },
    'images.find': async ({ datasetId, query }) => {
      const { images, labels, rows, classNames } = await columns.images(datasetId, query)
      const without = async (field: string) =>
        (await columns.images(datasetId, withoutField(query, 'images', field))).rows
      const [train = 0, val = 0, test = 0] = countCodes(
        await without('split'),
        images.parts,
        splitParts.length,
      )
      const ids = rows.map((row) => images.ids[row] ?? 0)
      return {
        stamp: foundStamp(ids),
        ids: packedColumn(ids),
        aspects: packed(rows, images.aspects),
        classCounts: countCodes(await without('class'), images.classes, classNames.length),
        partCounts: { train, val, test },
        tagCounts: labels.countTags(await without('tag')),
      }
    },
    'images.alike': async ({ imageId, runId, part, limit }) => {
      const of = runId === undefined ? { datasetId: getImage(db, imageId).datasetId } : { runId }
      const turn = ++newest // who moved on to another image waits for that one
      const wanted = { imageId, part: part === undefined ? null : splitParts.indexOf(part), limit }
      const { images, rows, cosines, classNames } = await columns.alike(of, wanted, () => turn === newest)
      return foundImages(db, images, classNames, rows).map((image, index) => ({
        ...image,
        likeness: cosines[index] ?? 0,
      }))
    },
    'images.tags': async ({ datasetId, query }) => {
      const { labels, rows } = await columns.images(datasetId, withoutField(query, 'images', 'tag'))
      return labels.countTags(rows)
    },
    'images.get': async ({ id }) => getImage(db, id),
  }
}

function foundImages(
  db: ServiceContext['db'],
  { ids, classes, parts, numbers }: ImageColumns,
  classNames: readonly string[],
  rows: Uint32Array,
): FoundImage[] {
  const shownIds = Array.from(rows, (row) => ids[row] ?? 0)
  const paths = imagePaths(db, shownIds)
  return Array.from(rows, (row, index) => ({
    id: shownIds[index] ?? 0,
    path: paths[index] ?? '',
    className: classNames[classes[row] ?? 0] ?? '',
    part: partOfCode(parts[row] ?? 0),
    widthPx: numbers.get('width')?.[row] ?? 0,
    heightPx: numbers.get('height')?.[row] ?? 0,
    byteCount: numbers.get('bytes')?.[row] ?? 0,
  }))
}
