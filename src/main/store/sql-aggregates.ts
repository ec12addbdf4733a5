/** Aggregates that the store's SQL calls, over rows in the order that the call says. */
import { createHash, type Hash } from 'node:crypto'
import { packBlock, type PredictedRow } from '../../domain/prediction-set/block'
import type { LossName } from '../../contract/entities/run'
import { partOfCode } from './datasets/split-parts'
import { unpackTop } from './top-list'
import { addVersionLine, startVersionHash } from './datasets/version-hash'
import type { Db } from './statement'

/** Once a database; again it changes nothing. */
export function registerAggregates(db: Db): void {
  const options = { deterministic: true, directOnly: true, varargs: true } as const
  /** `version_sha256(path, content_hash, class name, part code)`: a blob of 32 bytes. */
  db.aggregate('version_sha256', {
    ...options,
    start: startVersionHash,
    step: (hash: Hash, ...[path, contentHash, className, part]: unknown[]) =>
      addVersionLine(hash, {
        key: path as string,
        contentHash: hexOf(contentHash),
        className: className as string,
        part: partOfCode(Number(part)),
      }),
    result: (hash: Hash) => hash.digest(),
  })
  /** `sha256_of_blobs(bytes)`: of all of them one after another. */
  db.aggregate('sha256_of_blobs', {
    ...options,
    start: (): Hash => createHash('sha256'),
    step: (hash: Hash, ...[bytes]: unknown[]) => hash.update(bytes as Uint8Array),
    result: (hash: Hash) => hash.digest(),
  })
  /** `pack_predictions(class count, loss, image id, label, loss, rank, probability, top)`: a block without scores. */
  db.aggregate('pack_predictions', {
    ...options,
    start: (): Packing => ({ classCount: 1, loss: 'softmax', rows: [] }),
    step(packing: Packing, ...values: unknown[]): Packing {
      const [classCount, lossName, imageId, labelIndex, loss, labelRank, labelProbability, top] = values
      const list = unpackTop(top as Buffer)
      packing.rows.push({
        imageId: Number(imageId),
        labelIndex: Number(labelIndex),
        loss: Number(loss),
        labelRank: Number(labelRank),
        labelProbability: Number(labelProbability),
        topIndices: list.map(({ classIndex }) => classIndex),
        topProbabilities: list.map(({ probability }) => probability),
      })
      return { ...packing, classCount: Number(classCount), loss: lossName as LossName }
    },
    result: ({ rows, ...shape }: Packing) =>
      Buffer.from(packBlock({ ...shape, hasScores: false }, rows, null)),
  })
}

interface Packing {
  readonly classCount: number
  readonly loss: LossName
  readonly rows: PredictedRow[]
}

function hexOf(bytes: unknown): string {
  return Buffer.from(bytes as Uint8Array).toString('hex')
}
