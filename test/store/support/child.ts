/**
 * A second process for the tests of the store.
 * `lock HOME`: holds the home until it is killed. `write HOME RUN`: steps and checkpoints without end; prints what is
 * committed, one line each, only after the call has returned. `take-in HOME DATASET TURNS`: takes in corrected labels, as far as
 * so many turns go.
 */
import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { appendChunk, beginCheckpoint, completeCheckpoint } from '../../../src/main/store/checkpoints'
import { lockHome } from '../../../src/main/store/lock'
import { takingInLabels } from '../../../src/main/store/label-version'
import { insertStep } from '../../../src/main/store/metrics'
import { openStore } from '../../../src/main/store/open'

const [command = '', homePath = '', runId = '0', turns = '0'] = process.argv.slice(2)

/** Straight to the descriptor: a buffered line would be lost with the process. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

function writeForever(): never {
  lockHome(homePath, 'test writer')
  const { db } = openStore(homePath)
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
      writeCheckpoint(db, run, stepIndex + 1)
      say(`checkpoint ${stepIndex + 1}`)
    }
  }
}

/** 4 MB in sixteen chunks: killing often hits one in the middle. */
function writeCheckpoint(db: ReturnType<typeof openStore>['db'], run: number, stepIndex: number): void {
  const chunks = Array.from({ length: 16 }, (_, index) =>
    Buffer.alloc(262_144, (stepIndex * 16 + index) % 251),
  )
  const hash = createHash('sha256')
  const id = beginCheckpoint(db, {
    runId: run,
    stepIndex,
    createdAtMs: stepIndex,
    tensors: [{ name: 'weights', shape: [4 * 262_144], byteCount: 16 * 262_144 }],
  })
  chunks.forEach((chunk, index) => {
    appendChunk(db, id, index, chunk)
    hash.update(chunk)
  })
  completeCheckpoint(db, id, hash.digest('hex'))
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
  writeForever()
} else if (command === 'take-in') {
  takeIn(Number(runId), Number(turns))
} else {
  throw new Error(`Unknown command ${command}`)
}
