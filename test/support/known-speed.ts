/** For homes in which a plan would otherwise measure the machine, which takes twenty seconds of both cores. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { engineReportSchema, type EngineReport } from '../../src/contract/entities/model'
import { engineKey } from '../../src/main/costs/engine-key'
import { createEngineService } from '../../src/main/engine/engine'
import { trainerEnvironment } from '../../src/main/engine/environment'
import { insertEngineStart, insertMeasurement } from '../../src/main/store/measurements'
import { openStore } from '../../src/main/store/home/open'
import { buildTrainer } from './build-trainer'

/** Milliseconds an image, of BiT-Tiny on two cores: a step, a prediction. */
const cases = [
  { cropPx: 64, microBatchSize: 8, step: 3.4, predict: 0.9 },
  { cropPx: 64, microBatchSize: 32, step: 2.5, predict: 0.7 },
  { cropPx: 64, microBatchSize: 128, step: 3.2, predict: 0.7 },
  { cropPx: 128, microBatchSize: 16, step: 7.4, predict: 2.5 },
]

/** Before a core opens the home, which is made where it is missing: it then holds such a machine for measured. */
export async function knowSpeed(homePath: string): Promise<void> {
  const engine = await reportOfEngine()
  const { db, close } = openStore(homePath)
  const key = engineKey(engine, 'float32')
  for (const { cropPx, microBatchSize, step, predict } of cases) {
    const measured = {
      engineKey: key,
      model: 'units:2-2-2-2,width:0.5',
      cropPx,
      microBatchSize,
      batchSize: microBatchSize,
      peakMemoryBytes: 0,
      measuredAtMs: 0,
    }
    insertMeasurement(db, { ...measured, what: 'step', msPerImage: step })
    insertMeasurement(db, { ...measured, what: 'predict', msPerImage: predict })
  }
  insertEngineStart(db, { engineKey: key, startMs: 1500, graphMs: 180, measuredAtMs: 0 })
  close()
}

/** Asked once for each build of the trainer: the key of a measurement names the processor and more. */
async function reportOfEngine(): Promise<EngineReport> {
  const trainerPath = await buildTrainer()
  const kept = join(dirname(trainerPath), `engine-${process.env['BITW_ENGINE'] ?? 'auto'}.json`)
  if (existsSync(kept)) return engineReportSchema.parse(JSON.parse(readFileSync(kept, 'utf8')))
  const engine = createEngineService(trainerPath, trainerEnvironment(process.env))
  const report = await engine.report()
  await engine.close()
  const making = `${kept}-${String(process.pid)}`
  writeFileSync(making, JSON.stringify(report))
  renameSync(making, kept)
  return report
}
