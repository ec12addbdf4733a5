/** A line to a core that plans by the rule: for the sheet, which needs nothing else of a core. What the machine would take is made up. */
import type { Dataset } from '../../../src/contract/entities/dataset'
import { trainRequestSchema, type Plan } from '../../../src/contract/entities/run'
import { toWireError, WorkbenchError } from '../../../src/contract/errors'
import { hyperRule } from '../../../src/domain/rules/hyper-rule'
import { app } from '../../../src/renderer/state/app.svelte'
import { train } from '../../../src/renderer/state/runs/train.svelte'
import { ClientCore } from '../../../src/renderer/transport/client'
import { whenever } from '../../../src/renderer/whenever.svelte'
import { flowersFacts } from '../../domain/support/rule-facts'

export const dataset: Dataset = {
  id: 1,
  name: 'flowers',
  rootPath: '/flowers',
  createdAtMs: 0,
  imageCount: 680,
  classCount: flowersFacts.classCount,
  problemCount: 0,
  noteCount: 0,
  sameBytes: { classes: 0, parts: 0 },
  medianWidthPx: flowersFacts.medianWidthPx,
  medianHeightPx: flowersFacts.medianHeightPx,
  byteCount: 1,
  rotatedCount: 0,
  split: {
    id: 1,
    origin: 'seeded',
    hash: 'abc',
    options: { valFraction: 0.15, testFraction: 0.15, seed: 0 },
    counts: { train: flowersFacts.exampleCount, val: 102, test: 102 },
    own: [],
  },
  versionNumber: 1,
  versionCount: 1,
  isUnlabelled: false,
  runCount: 0,
  trashedRunCount: 0,
}

function planOf(input: unknown): Plan {
  const request = trainRequestSchema.parse(input)
  if (request.rule === 'upstream')
    throw new WorkbenchError('bad-input', 'This line plans fine-tuning only.', '')
  const facts = { ...flowersFacts, model: request.model, seed: request.seed }
  return {
    ...hyperRule(request.rule, facts, request.overrides),
    suggestedName: 'flowers-1',
    model: request.model,
    weights: null,
    budget: null,
    byRule: { recipe: hyperRule(request.rule, facts, {}).recipe, durationMs: 60_000 },
    estimate: {
      durationMs: 60_000,
      imagesPerSecond: 100,
      certainty: 'guessed',
      timeBasis: '',
      memoryBytes: 1e9,
      memoryBasis: '',
      memoryAvailableBytes: 8e9,
      checkpointBytes: 1e8,
    },
    parameterCount: 1e6,
    convGmac: 1,
    obstacles: [],
    cautions: [],
    isChecked: true,
  }
}

/** Starts the line and the sheet of `dataset`, which is planned again with everything that is set, as the Train screen does. */
export function followSheet(): () => void {
  const line: ClientCore = new ClientCore((message) => {
    if (message.type !== 'call' || message.name !== 'training.plan') return
    const { callId } = message
    queueMicrotask(() => {
      try {
        line.receive({ type: 'result', callId, output: planOf(message.input) })
      } catch (error) {
        line.receive({ type: 'error', callId, error: toWireError(error) })
      }
    })
  })
  app.start({
    call: line.call,
    onEvent: (listener) => line.onEvent(listener),
    onConnection: (listener) => line.onConnection(listener),
    abilities: {},
    imageKey: () => '',
  })
  train.choose(dataset.id)
  train.startFrom('zero')
  return $effect.root(() => {
    whenever(
      () => train.request,
      (request) => {
        if (request !== null) void train.makePlan(request)
      },
    )
  })
}
