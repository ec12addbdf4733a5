/**
 * What saving costs: synthetic tensors through the real channel, thread and file, between steps of a tenth of a second. How long the core could do nothing else,
 * how much of their time the steps waited, how fast a resume streams, and the memory of both processes.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { machine } from '../machine.mjs'

const program = fileURLToPath(new URL('../../out/main/bench-checkpoint.cjs', import.meta.url))
const run = promisify(execFile)
const cases = {
  '40 MB': { megabytes: 40, copyMegabytes: 2000 },
  '300 MB': { megabytes: 300, copyMegabytes: 2000 },
  '300 MB, no copy': { megabytes: 300, copyMegabytes: 0 },
  '2 GB, no copy': { megabytes: 2000, copyMegabytes: 0 },
}

export async function* checkpointResults({ runs, only }) {
  for (const [name, sizes] of Object.entries(cases)) {
    if (only !== undefined && only !== name) continue
    const homePath = mkdtempSync(path.join(os.tmpdir(), 'bitw-bench-checkpoint-'))
    try {
      const asked = { homePath, ...sizes, saves: runs, stepsBetween: 100, stepMs: 100 }
      const { stdout } = await run(process.execPath, [program, JSON.stringify(asked)], { maxBuffer: 1e7 })
      const facts = JSON.parse(stdout)
      const { checkpointBytes, trainingMs, waitMs, resumeMs, saveBlockMs, saveBusyMs, resumeBusyMs } = facts
      yield {
        case: 'checkpoint',
        what: name,
        ...facts,
        machine: machine(),
        lines: [
          `steps waited ${((100 * waitMs) / trainingMs).toFixed(2)} % (${(waitMs / runs).toFixed(0)} ms a checkpoint)`,
          `the core was busy for at most ${saveBusyMs.toFixed(0)} ms at a time while saving (${saveBlockMs.toFixed(0)} ms with what other programs took), ${resumeBusyMs.toFixed(0)} ms while resuming`,
          `a resume streams ${(checkpointBytes / 1e3 / resumeMs).toFixed(0)} MB/s`,
          `peak memory: core ${(facts.corePeakBytes / 1e6).toFixed(0)} MB, trainer ${(facts.trainerPeakBytes / 1e6).toFixed(0)} MB`,
        ],
      }
    } finally {
      rmSync(homePath, { recursive: true, force: true })
    }
  }
}
