/** What is read against a home: files of ratings, patches of labels, queries. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultSplitOptions } from '../../../contract/entities/dataset'
import { createColumns } from '../../columns/columns'
import { scanDataset } from '../../datasets/scan'
import type { ScannedImage } from '../../datasets/scan-result'
import { labelPatch, readPatch } from '../../labels/label-patch'
import { importRating } from '../../ratings/import-rating'
import { lineWriter } from '../../ratings/rating-file'
import { insertDataset } from '../../store/datasets/new-dataset'
import { openStore } from '../../store/home/open'
import { ratingKey } from '../../store/labels/ratings'
import type { Db } from '../../store/statement'
import { resignRating } from './resign'
import { fileSample, type Parser } from './sample'

/** One home for all of them, with a dataset of the fixtures. */
interface Home {
  readonly db: Db
  readonly datasetId: number
  readonly images: readonly ScannedImage[]
}

export function homeParsers(folder: string): readonly Parser[] {
  let opened: Promise<Home> | null = null
  const homeOf = (fixtures: string): Promise<Home> => (opened ??= openHome(folder, fixtures))
  const home = (): Promise<Home> => opened ?? Promise.reject(new Error('The samples come first'))
  return [
    {
      name: 'rating',
      async samples(fixtures) {
        await homeOf(fixtures)
        const photo = readFileSync(join(fixtures, 'importers/boxes/coco-flat/photo 0.jpg'))
        return [fileSample('rating.jsonl', ratingFile(photo), resignRating)]
      },
      async read(path, attempt) {
        const { db } = await home()
        const task = { signal: new AbortController().signal, progress: () => undefined }
        await attempt(() => importRating(db, path, task))
      },
    },
    {
      name: 'label patch',
      async samples(fixtures) {
        const { db, datasetId, images } = await homeOf(fixtures)
        const head = labelPatch(db, datasetId).text.split('\n')[0] ?? ''
        return [fileSample('labels.csv', Buffer.from(`${head}\n${patchRows(images)}`))]
      },
      async read(path, attempt) {
        const { db, datasetId } = await home()
        await attempt(() => readPatch(db, datasetId, readFileSync(path, 'utf8')))
      },
    },
    {
      name: 'query',
      async samples(fixtures) {
        await homeOf(fixtures)
        return queries.map((text, index) => fileSample(`${String(index)}.query`, Buffer.from(text)))
      },
      async read(path, attempt) {
        const { db, datasetId } = await home()
        await attempt(() => createColumns(db).images(datasetId, readFileSync(path, 'utf8')))
      },
    },
  ]
}

const queries = [
  'class:dog split:test -name:*_7* sort:-bytes',
  'width<200 or (height:100..300 and -"photo 1") sort:class,-width',
  '-class:"bird*" (width<200 or height<200) bytes>1000 aspect>=0.5',
  'split:train or note:"a word" or height<90',
]

async function openHome(folder: string, fixtures: string): Promise<Home> {
  const { db } = openStore(folder)
  const scan = await scanDataset({
    source: { kind: 'voc', path: join(fixtures, 'importers/boxes/voc-flat') },
    split: defaultSplitOptions,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  })
  const datasetId = insertDataset(db, {
    name: 'fuzz',
    createdAtMs: 0,
    scan,
    splitOptions: defaultSplitOptions,
  })
  return { db, datasetId, images: scan.images }
}

function patchRows(images: readonly ScannedImage[]): string {
  const changes = ['label,rose,tulip', 'exclude,,', 'note,,"a word, or two"', 'tag,,blurred', 'untag,,old']
  return images
    .map(
      ({ contentHash, key }, index) =>
        `${contentHash},${key},${changes[index % 5] ?? ''},2026-11-27T10:00:00Z,Ada\n`,
    )
    .join('')
}

function ratingFile(photo: Buffer): Buffer {
  const images = Array.from({ length: 6 }, (_, index) => ({
    contentHash: String(index).repeat(64),
    path: `photos/${String(index)}.jpg`,
    aspect: 1.5,
    prediction: 'rose',
    confidence: 0.75,
    label: 'tulip',
    isRest: index === 5,
  }))
  const spec = {
    choice: { query: 'is:any', sample: null, rest: 1, seed: 5 },
    shown: 'blind' as const,
    controls: 0.3,
    datasetName: 'flowers',
    runName: 'first',
    model: 'R50x1',
    part: 'test' as const,
    step: 100,
    classNames: ['rose', 'tulip'],
    population: { wrong: 5, right: 20 },
  }
  const parts: string[] = []
  const writer = lineWriter((text) => parts.push(text))
  const key = ratingKey({ createdAtMs: 1e12, spec, images })
  writer.line({ bitwRating: 1, key, name: 'shared', createdAtMs: 1e12, imageCount: images.length, spec })
  for (const image of images)
    writer.line({ image, copy: { mime: 'image/jpeg', base64: photo.toString('base64') } })
  for (let position = 0; position < 4; position++)
    writer.line({
      answer: {
        ...{ rater: 'Ben', position, isControl: position === 0, atMs: 1e12 + position },
        ...{ answer: 'label', freeLabel: '', note: 'clear' },
      },
    })
  writer.end()
  return Buffer.from(parts.join(''))
}
