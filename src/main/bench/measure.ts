/**
 * What `npm run bench -- step|engines|gpu` measures: one job in a trainer of its own, started as the core starts it. Takes the job as a JSON
 * argument; prints one JSON line, the engine's report and what was measured (null for a report), or what the trainer said on standard error.
 */
import { join } from 'node:path'
import type { EngineReport } from '../../contract/entities/model'
import { trainerEnvironment } from '../engine/environment'
import type { FromTrainerBody, Job } from '../protocol/messages'
import { startTrainer } from '../protocol/supervisor'

function main(): void {
  const job = JSON.parse(process.argv[2] ?? '') as Job
  let engine: EngineReport | null = null
  let measured: Extract<FromTrainerBody, { type: 'measured' }> | null = null
  const fail = (message: string): void => {
    process.stderr.write(`${message}\n`)
    process.exitCode = 1
  }
  startTrainer({
    trainerPath: join(__dirname, 'trainer.cjs'),
    environment: trainerEnvironment(process.env),
    job,
    onMessage(body) {
      if (body.type === 'engine') engine = body.engine
      if (body.type === 'measured') measured = body
      if (body.type === 'failed') fail(body.error.message)
    },
    onEnd(end) {
      if (end.kind === 'crash') fail(`${end.error.message}\n${end.lastLines}`)
      else if (process.exitCode === undefined) console.log(JSON.stringify({ engine, measured }))
    },
  })
}

main()
