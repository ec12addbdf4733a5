/** Homes, datasets and runs for the tests of the store: small, seeded, thrown away after each test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { defaultSplitOptions, splitParts, type SplitPart } from '../../../src/contract/entities/dataset'
import type { ScannedImage, ScanResult } from '../../../src/main/datasets/scan-result'
import { assignSplit } from '../../../src/domain/split'
import { getDataset } from '../../../src/main/store/datasets/datasets'
import { openStore } from '../../../src/main/store/home/open'
import { insertRun } from '../../../src/main/store/runs/runs'
import type { Db } from '../../../src/main/store/statement'
import { newRun } from './new-run'
import { insertDataset } from '../../../src/main/store/datasets/new-dataset'

export function temporaryHome(): string {
  const path = mkdtempSync(join(tmpdir(), 'bitw-store-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export function temporaryStore(): { db: Db; homePath: string } {
  const homePath = temporaryHome()
  const store = openStore(homePath)
  onTestFinished(() => store.close())
  return { db: store.db, homePath }
}

export function scannedImage(changes: Partial<ScannedImage> = {}): ScannedImage {
  return {
    key: 'oak/1.jpg',
    classIndex: 0,
    folderPart: null,
    linkTarget: null,
    widthPx: 200,
    heightPx: 100,
    byteCount: 1000,
    contentHash: '00112233445566778899aabbccddeeff',
    format: 'jpeg',
    colourSpace: 'srgb',
    bitsPerSample: 8,
    hasAlpha: false,
    orientation: 1,
    modifiedMs: 1_700_000_000_123.5,
    ...changes,
  }
}

/** `perClass` images of each class, all different; every fourth is turned by EXIF. */
export function syntheticScan(classNames: readonly string[], perClass: number): ScanResult {
  const images = classNames.flatMap((name, classIndex) =>
    Array.from({ length: perClass }, (_, index) =>
      scannedImage({
        key: `${name}/${String(index).padStart(6, '0')}.jpg`,
        classIndex,
        widthPx: 100 + index,
        contentHash: (classIndex * perClass + index).toString(16).padStart(32, '0'),
        orientation: index % 4 === 3 ? 6 : 1,
      }),
    ),
  )
  return {
    source: { kind: 'folder', path: '/images/trees' },
    classNames,
    images,
    problems: [
      { path: 'oak/b.jpg', severity: 'note', code: 'symlink-outside', message: 'Leads elsewhere.' },
      { path: 'oak/a.jpg', severity: 'error', code: 'corrupt', message: 'Not an image.' },
    ],
    split: assignSplit(images, defaultSplitOptions),
  }
}

export function addDataset(db: Db, name = 'trees', scan = syntheticScan(['elm', 'oak'], 20)): number {
  return insertDataset(db, {
    name,
    createdAtMs: 1000,
    scan,
    splitOptions: defaultSplitOptions,
  })
}

export function addRun(db: Db, datasetId: number, name = 'first'): number {
  return insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, name))
}

/** The text of EXPLAIN QUERY PLAN. */
export function queryPlan(db: Db, sql: string, ...values: unknown[]): string {
  return db
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values)
    .map(({ detail }) => detail)
    .join('\n')
}

export const eachPart: readonly SplitPart[] = splitParts
