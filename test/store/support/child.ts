/**
 * A second process for the tests of the store.
 * `lock HOME`: holds the home until it is killed. `write HOME RUN`: steps and checkpoints without end; prints what is
 * committed, one line each, only after the call has returned. `take-in HOME DATASET TURNS`: takes in corrected labels, as far as
 * so many turns go.
 */
import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import {
  openCheckpointBytes,
  type CheckpointBytes,
} from '../../../src/main/store/checkpoints/checkpoint-bytes'
import { sweepCheckpoints } from '../../../src/main/store/checkpoints/checkpoint-space'
import { prune } from '../../../src/main/store/checkpoints/checkpoint-retention'
import { insertCheckpoint } from '../../../src/main/store/checkpoints/checkpoints'
import { lockHome } from '../../../src/main/store/home/lock'
import { takingInLabels } from '../../../src/main/store/labels/label-version'
import { insertStep } from '../../../src/main/store/runs/metrics'
import { openStore } from '../../../src/main/store/home/open'

const [command = '', homePath = '', runId = '0', turns = '0'] = process.argv.slice(2)

/** Straight to the descriptor: a buffered line would be lost with the process. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

async function writeForever(): Promise<never> {
  lockHome(homePath, 'test writer')
  const { db } = openStore(homePath)
  const checkpoints = openCheckpointBytes(homePath)
  const run = Number(runId)
  const next = db.prepare<[number], number>('SELECT steps_done FROM runs WHERE id = ?').pluck()
  say('ready')
  for (let stepIndex = next.get(run) ?? 0; ; stepIndex++) {
    insertStep(
      db,
      run,
      {
        stepIndex,
        loss: 1 / (stepIndex + 1),
        batchAccuracy: 0.5,
        learningRate: 0.1,
        stepMs: 1,
        waitMs: 0,
        atMs: stepIndex,
      },
      1000,
    )
    say(`step ${stepIndex}`)
    if (stepIndex % 3 === 2) {
      await writeCheckpoint(db, checkpoints, run, stepIndex + 1)
      say(`checkpoint ${stepIndex + 1}`)
    }
  }
}

/** 4 MB in sixteen chunks: killing often hits one in the middle. */
async function writeCheckpoint(
  db: ReturnType<typeof openStore>['db'],
  checkpoints: CheckpointBytes,
  runId: number,
  stepIndex: number,
): Promise<void> {
  const hash = createHash('sha256')
  const writer = checkpoints.begin()
  for (let index = 0; index < 16; index++) {
    const chunk = Buffer.alloc(262_144, (stepIndex * 16 + index) % 251)
    hash.update(chunk)
    await writer.append(chunk)
  }
  const byteCount = 16 * 262_144
  const stored = await writer.finish(
    [{ name: 'weights', shape: [byteCount / 4], byteCount }],
    hash.digest('hex'),
  )
  insertCheckpoint(db, { runId, stepIndex, createdAtMs: stepIndex, byteCount, stored })
  writer.release()
  prune(db, runId, 1e9)
  void sweepCheckpoints({ db, checkpoints })
}

/** Stops there: where it is killed is not left to chance. */
function takeIn(datasetId: number, turns: number): void {
  lockHome(homePath, 'test writer')
  const { db } = openStore(homePath)
  const work = takingInLabels(db, datasetId, 5)
  let isDone = false
  for (let turn = 0; turn < turns && !isDone; turn++) isDone = work.next().done === true
  say(isDone ? 'whole' : 'stopped')
  setInterval(() => undefined, 1000)
}

if (command === 'lock') {
  lockHome(homePath, 'bitw serve')
  say('locked')
  setInterval(() => undefined, 1000)
} else if (command === 'write') {
  void writeForever()
} else if (command === 'take-in') {
  takeIn(Number(runId), Number(turns))
} else {
  throw new Error(`Unknown command ${command}`)
}
