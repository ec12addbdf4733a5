/** "bitw bundle show": what is in a run bundle, without taking it in. */
import { Command } from 'commander'
import type { BundleFacts } from '../../../contract/entities/bundle-facts'
import { sizeWords } from '../../../domain/model/model-names'
import type { CliContext, Start } from '../context'
import { bytes, count, percent, plural, table, time } from '../text/format'
import { withReading } from '../machine/open'
import { pathArgument } from '../path-argument'

export function bundleCommand(start: Start): Command {
  const bundle = new Command('bundle').description('run bundles, as "bitw runs export --bundle" writes them')
  bundle
    .command('show')
    .description('print what is in a run bundle; nothing is imported')
    .argument('<file>', 'the bundle')
    .exitOverride()
    .action((file: string) => start((context) => runShowBundle(context, file)))
  return bundle.exitOverride()
}

async function runShowBundle(context: CliContext, typed: string): Promise<number> {
  const path = pathArgument(typed)
  const facts = await withReading(context, 'bundle show', (call) => call('exchange.lookAt', { path }))
  context.output.record({ type: 'bundle', path, ...facts })
  context.output.print(factsText(facts))
  return 0
}

function factsText(facts: BundleFacts): string {
  const { accuracy, evaluatedOn, weightsStep, datasetHere, tags, note } = facts
  const lines = table([
    ['Run', `${facts.name} (${facts.state})`],
    ['Began', time(facts.createdAtMs)],
    ['Model', sizeWords(facts.model)],
    ['Steps', count(facts.stepsDone)],
    ['Accuracy', accuracy === null ? '' : `${percent(accuracy.value)} of ${evaluatedOn ?? 'test'} images`],
    ['Weights', weightsStep === null ? 'none' : `after ${plural(weightsStep, 'step')}`],
    ['Predictions', `${plural(facts.setCount, 'set')}`],
    [
      'Dataset',
      `${facts.datasetName}: ${plural(facts.imageCount, 'image')} of ${plural(facts.classCount, 'class', 'classes')}`,
    ],
    ['Here', datasetHere === null ? 'its images are not here' : `its images are those of ${datasetHere}`],
    ['Tags', tags.join(', ')],
    ['Written by', facts.writtenBy],
    ['File', bytes(facts.byteCount)],
  ])
  return note === '' ? lines : `${lines}\n\n${note.trimEnd()}`
}
