/**
 * A process to be killed. `mark`: says its mark and stays. `write TARGET RECORDS`: writes the target again and again, and says so after each piece.
 * `work NAME RECORDS`: records the work and stays.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ownerMark } from '../../../src/main/files/owner'
import { recordWork } from '../../../src/main/files/temporary'
import { openStreamedFile } from '../../../src/main/report/streamed-file'

const [command = '', target = '', records = ''] = process.argv.slice(2)

async function writeOn(): Promise<never> {
  for (;;) {
    const file = openStreamedFile(target, () => true, records)
    for (let piece = 0; piece < 30; piece++) {
      file.append(Buffer.alloc(10_000, piece))
      process.send?.('written')
      await nextTurn()
    }
    file.finish()
    file.close()
  }
}

if (command === 'mark') {
  process.send?.(ownerMark())
  setInterval(() => undefined, 1000)
} else if (command === 'work') {
  recordWork(records, target)
  process.send?.('begun')
  setInterval(() => undefined, 1000)
} else {
  process.on('disconnect', () => process.exit(0))
  void writeOn()
}
