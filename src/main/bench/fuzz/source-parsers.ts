/** What datasets come from, read as the preview and the import read it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultSplitOptions } from '../../../contract/entities/dataset'
import { createPreview } from '../../datasets/preview'
import { scanDataset } from '../../datasets/scan'
import { addressOf, openSource } from '../../sources/sources'
import type { SourceAddress } from '../../sources/source'
import { noDefectIn } from './defects'
import { resignTar } from './resign'
import { fileSample, fixtureFile, folderSample, type Attempt, type Parser, type Sample } from './sample'

export const sourceParsers: readonly Parser[] = [
  parser('table', (importers) => [
    besidePhotos(importers, fixtureFile(join(importers, 'table/pandas.csv'))),
    besidePhotos(importers, fixtureFile(join(importers, 'table/excel.csv'))),
    besidePhotos(importers, fileSample('table.tsv', rows('\t', 'file\tclass\tsplit'))),
    besidePhotos(importers, fileSample('bare.csv', rows(','))),
  ]),
  parser('list', (importers) => [
    besidePhotos(importers, fileSample('list.txt', rows('\t', '# path, class, part'))),
  ]),
  parser('zip', (importers) =>
    ['deflated', 'infozip', 'stored64'].map((name) => fixtureFile(join(importers, `archive/${name}.zip`))),
  ),
  parser('tar', (importers) =>
    ['gnu', 'pax', 'system'].map((name) => fixtureFile(join(importers, `archive/${name}.tar`), resignTar)),
  ),
  parser('webdataset', (importers) => [
    fixtureFile(join(importers, 'webdataset/flat.tar'), resignTar),
    folderSample(join(importers, 'webdataset/shards'), (path) => path.endsWith('.tar')),
  ]),
  parser('coco', (importers) => [
    folderSample(join(importers, 'boxes/coco'), isJson),
    folderSample(join(importers, 'boxes/coco-flat'), isJson, '_annotations.coco.json'),
  ]),
  parser('voc', (importers) => [
    folderSample(join(importers, 'boxes/voc'), (path) => /\.(?:xml|txt)$/.test(path)),
    folderSample(join(importers, 'boxes/voc-flat'), (path) => path.endsWith('.xml')),
  ]),
  parser('yolo', (importers) =>
    ['yolo', 'yolo-parts'].map((name) =>
      folderSample(join(importers, 'boxes', name), (path) => /\.(?:yaml|txt)$/.test(path)),
    ),
  ),
  parser('parquet', (importers) => [
    ...['gzip-v2', 'lz4-raw', 'plain-index', 'snappy-words', 'zstd'].map((name) =>
      fixtureFile(join(importers, `parquet/${name}.parquet`)),
    ),
    folderSample(join(importers, 'parquet/hub'), (path) => path.endsWith('.parquet')),
  ]),
]

function parser(name: string, samples: (importers: string) => readonly Sample[]): Parser {
  return { name, samples: (fixtures) => samples(join(fixtures, 'importers')), read: readInAllWays }
}

async function readInAllWays(path: string, attempt: Attempt): Promise<void> {
  let address: SourceAddress | null = null
  await attempt(async () => {
    address = await addressOf(path)
  })
  if (address === null) return
  const found: SourceAddress = address
  await attempt(() => createPreview()({ path }))
  await attempt(async () => {
    const { images, problems } = await scanDataset({
      source: found,
      split: defaultSplitOptions,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    })
    for (const { message } of problems) noDefectIn(message)
    const source = openSource(found)
    for (const { key } of images.slice(0, 3)) {
      source.factsNow(key)
      source.readNow(key, 1e6)
      source.place(key)
      await attempt(() => source.readInside(key))
    }
    await source.check(
      images.map(({ key }) => key),
      { facts: null },
    )
  })
  await attempt(() => openSource(found).columns?.())
}

/** With the images that it names. */
function besidePhotos(importers: string, sample: Sample): Sample {
  const photos = Array.from({ length: 8 }, (_, index): [string, Buffer] => [
    `photos/${String(index)}.jpg`,
    readFileSync(join(importers, `boxes/coco-flat/photo ${String(index)}.jpg`)),
  ])
  return { ...sample, files: new Map([...sample.files, ...photos]) }
}

function rows(separator: string, head: string | null = null): Buffer {
  const parts = ['train', 'train', 'val', 'test']
  const lines = Array.from({ length: 8 }, (_, index) =>
    [`photos/${String(index)}.jpg`, index % 2 === 0 ? 'rose' : 'tulip', parts[index % 4]].join(separator),
  )
  return Buffer.from(`${[...(head === null ? [] : [head]), ...lines].join('\n')}\n`)
}

function isJson(path: string): boolean {
  return path.endsWith('.json')
}
