/** What a training says of images that cannot be read: what is kept with the run, and lines of its log. */
import type { SplitPart } from '../../../contract/entities/dataset'
import { unreadableLead, type LogLine } from '../../../contract/entities/run'
import { openMissingImages, type MissingImages, type MissingOptions } from '../data/missing-images'
import { namedAtMost, restText } from '../../images/missing-words'
import type { TrainJob } from '../../protocol/messages'
import type { Out } from './send-checkpoint'

type Log = (kind: LogLine['kind'], text: string) => Promise<void>

export class Unreadable {
  readonly missing: MissingImages
  private readonly reasons = new Map<string, string>()
  private readonly faults: string[] = []
  private readonly keyOfId = new Map<number, string>()
  private toldCount = 0

  constructor(
    private readonly job: TrainJob,
    private readonly out: Out,
    private readonly log: Log,
    watch: Pick<MissingOptions, 'stopped' | 'refused'>,
  ) {
    this.missing = openMissingImages({
      ...job,
      ...watch,
      reasonOf: (key) => this.reasons.get(key) ?? 'It cannot be read.',
    })
  }

  /** For the store of decoded images: called from the midst of decoding, told between steps. */
  readonly note = (key: string, message: string): void => {
    if (key === this.job.imageCache?.folder) this.faults.push(`${key}: ${message}`)
    else this.reasons.set(key, message)
  }

  /** Those that count for nothing at positions before `endPosition`. To be called before what they count for nothing in is sent. */
  async tell(part: SplitPart, endPosition: number): Promise<void> {
    for (const fault of this.faults.splice(0)) await this.log('warn', fault)
    const found = this.missing.take(part, endPosition)
    if (found.length === 0) return
    await this.out.send({ type: 'unreadable', images: found })
    const named = found.slice(0, Math.max(0, namedAtMost - this.toldCount))
    this.toldCount += found.length
    for (const { imageId, reason } of named)
      await this.log('warn', `${unreadableLead}${this.keyOf(part, imageId)}. ${reason}`)
    const rest = found.length - named.length
    if (rest > 0) await this.log('warn', restText(rest, this.toldCount))
  }

  private keyOf(part: SplitPart, imageId: number): string {
    if (this.keyOfId.size === 0) {
      for (const { ids, keys } of Object.values(this.job.images))
        ids.forEach((id, index) => this.keyOfId.set(id, keys[index] ?? ''))
    }
    return this.keyOfId.get(imageId) ?? part
  }
}
