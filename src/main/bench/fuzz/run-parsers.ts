/** Runs of other programs, and bundles of runs, read as the import reads them. */
import { join } from 'node:path'
import { findRuns } from '../../exchange/other/find-runs'
import { bundleParser } from './bundle-parser'
import { resignEvents, resignWandb } from './resign'
import { fileSample, fixtureFile, folderSample, type Parser, type Sample } from './sample'

/** `scratchFolder`: for what is unpacked. */
export function runParsers(scratchFolder: string): readonly Parser[] {
  return [
    parser('tensorboard', (runs) => [
      fixtureFile(
        join(runs, 'tensorboard/exp1/train/events.out.tfevents.1795781367.vm.31436.0'),
        resignEvents,
      ),
    ]),
    parser('wandb', (runs) => [fixtureFile(join(runs, 'run-kwkqshq7.wandb'), resignWandb)]),
    parser('mlruns', (runs) => [folderSample(join(runs, 'mlruns'), () => true)]),
    parser('metrics', () => [
      fileSample('metrics.csv', Buffer.from(metricRows(','))),
      fileSample('metrics.tsv', Buffer.from(metricRows('\t'))),
    ]),
    bundleParser(scratchFolder),
  ]
}

function parser(name: string, samples: (runs: string) => readonly Sample[]): Parser {
  return {
    name,
    samples: (fixtures) => samples(join(fixtures, 'other-runs')),
    async read(path, attempt) {
      const pause = (): void => undefined
      const places = await findRuns(path, pause)
      for (const place of places)
        await attempt(async () => {
          const found = await place.read(pause)
          for (const list of found?.metrics.values() ?? []) list.sorted()
        })
    },
  }
}

function metricRows(mark: string): string {
  const rows = Array.from({ length: 40 }, (_, step) => [step * 10, 1 / (step + 1), step % 7 === 0 ? '' : 0.5])
  return [['step', 'train/loss', '"val, accuracy"'], ...rows].map((row) => `${row.join(mark)}\n`).join('')
}
