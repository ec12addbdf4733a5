/** The top five of a prediction as a blob: pairs (uint32 class index, float32 probability), little-endian, most probable first. */
import type { Prediction } from '../../contract/entities/run'
import type { PredictedRow } from '../../domain/prediction-set/block'

/** Bytes of one pair. */
const entryBytes = 8

export function packTop({
  topIndices,
  topProbabilities,
}: Pick<PredictedRow, 'topIndices' | 'topProbabilities'>): Buffer {
  const bytes = Buffer.alloc(topIndices.length * entryBytes)
  topIndices.forEach((classIndex, rank) => {
    bytes.writeUInt32LE(classIndex, rank * entryBytes)
    bytes.writeFloatLE(topProbabilities[rank] ?? 0, rank * entryBytes + 4)
  })
  return bytes
}

export function unpackTop(bytes: Buffer): Prediction['top'] {
  return Array.from({ length: bytes.length / entryBytes }, (_, rank) => ({
    classIndex: bytes.readUInt32LE(rank * entryBytes),
    probability: bytes.readFloatLE(rank * entryBytes + 4),
  }))
}
