import { trainerEnvironment } from '../../engine/environment'
import { formatEngineReport } from '../text/engine-report'
import { createEngineService } from '../../engine/engine'
import type { CliContext } from '../context'

/** Needs no home: works while another core has it. */
export async function runEngine({ output, trainerPath }: CliContext): Promise<number> {
  output.progress.show('Starting the engine …')
  const engine = createEngineService(trainerPath, trainerEnvironment(process.env))
  try {
    const report = await engine.report()
    output.progress.clear()
    output.record({ type: 'engine', engine: report })
    output.print(formatEngineReport(report))
    return 0
  } finally {
    await engine.close()
  }
}
