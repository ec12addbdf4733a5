/** Packs the predictions of an evaluation and sends them as one set. */
import { createHash } from 'node:crypto'
import type { SplitPart } from '../../../contract/entities/dataset'
import { packBlock, rowsOfBlock, scoresOf, type BlockShape } from '../../../domain/prediction-set/block'
import type { PredictionRow } from '../../protocol/messages'
import type { Out } from './send-checkpoint'

export interface SetFacts {
  readonly stepIndex: number
  readonly part: SplitPart
  readonly partCount: number
  readonly shape: BlockShape
}

/** The set begins with its first rows: of an evaluation of nothing there is none. */
export class SetSender {
  private readonly hash = createHash('sha256')
  private readonly rowsAtOnce: number
  private readonly scores: Uint16Array | null
  private rows: PredictionRow[] = []
  private sentRows = 0
  private begun = false

  constructor(
    private readonly facts: SetFacts,
    private readonly out: Out,
  ) {
    const { shape, partCount } = facts
    this.rowsAtOnce = Math.min(rowsOfBlock(shape), Math.max(1, partCount))
    this.scores = shape.hasScores ? new Uint16Array(this.rowsAtOnce * shape.classCount) : null
  }

  get rowCount(): number {
    return this.sentRows + this.rows.length
  }

  /** `logitsNk`: [rows, classes], of the same rows. */
  async add(rows: readonly PredictionRow[], logitsNk: Float32Array): Promise<void> {
    const { classCount, loss } = this.facts.shape
    for (const [index, row] of rows.entries()) {
      const logits = logitsNk.subarray(index * classCount, (index + 1) * classCount)
      if (this.scores !== null) scoresOf(logits, loss, this.scores, this.rows.length * classCount)
      this.rows.push(row)
      if (this.rows.length === this.rowsAtOnce) await this.sendBlock()
    }
  }

  /** All rows have come: only then the set counts. */
  async end(): Promise<void> {
    if (this.rows.length > 0) await this.sendBlock()
    if (this.begun) await this.out.send({ type: 'set-end', sha256: this.hash.digest('hex') })
  }

  private async sendBlock(): Promise<void> {
    const { shape, ...facts } = this.facts
    if (!this.begun) await this.out.send({ type: 'set-begin', ...facts, shape })
    this.begun = true
    const scores = this.scores?.subarray(0, this.rows.length * shape.classCount) ?? null
    const bytes = packBlock(shape, this.rows, scores)
    this.hash.update(bytes)
    this.sentRows += this.rows.length
    this.rows = []
    await this.out.send({ type: 'set-block', bytes })
  }
}
