/**
 * What pre-trained weights are worth: the planner's training from them within a time budget, and the same recipe from random weights, on few images
 * a class, over seeds that draw the images and everything else. Accuracy on all the other images.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machine } from '../machine.mjs'
import { quartiles } from '../statistics.mjs'
import { bitw, drawDataset, mean, optionsOf, percent, trained } from '../workbench.mjs'

/** One result for each task. `data`: a folder with flowers17-sample and cifar10; without it the sample alone. `runs`: how many seeds. */
export async function* transferResults({ data, runs, weights = 'embedded:bit-tiny', only, note }) {
  const home = mkdtempSync(join(tmpdir(), 'bitw-transfer-'))
  try {
    await bitw(home, ['import', '--sample'])
    const tasks = tasksOf(data, join(home, 'sample', 'images')).filter(
      ({ name }) => only === undefined || name.includes(only),
    )
    for (const task of tasks) {
      const pretrained = []
      const zero = []
      for (let seed = 0; seed < runs; seed += 1) {
        const dataset = `${task.name}, seed ${seed}`
        const drawn = join(home, 'drawn', dataset)
        drawDataset(task, seed, drawn)
        await bitw(home, ['import', drawn, '--name', dataset, '--val', '0'])
        const words = ['--dataset', dataset, '--seed', `${seed}`]
        const startedAtMs = Date.now()
        const run = await trained(home, [...words, '--weights', weights, '--budget', task.budget])
        const seconds = (Date.now() - startedAtMs) / 1000
        pretrained.push({ accuracy: run.accuracy.value, seconds })
        const other = await trained(home, [
          ...words,
          '--model',
          run.model,
          ...optionsOf(sameRecipe(run.recipe)),
        ])
        zero.push({ accuracy: other.accuracy.value })
        note(
          `${dataset}: ${percent(run.accuracy.value)} in ${seconds.toFixed(0)} s, from zero ${percent(other.accuracy.value)}`,
        )
      }
      const margins = pretrained.map(({ accuracy }, seed) => accuracy - zero[seed].accuracy)
      yield {
        case: 'transfer',
        name: task.name,
        what: `accuracy within ${task.budget}, ${task.name}, ${runs} seeds,`,
        weights,
        pretrained,
        zero,
        lines: [
          `pretrained ${summary(pretrained.map(({ accuracy }) => accuracy))}`,
          `zero       ${summary(zero.map(({ accuracy }) => accuracy))}`,
          `margin     ${summary(margins)}`,
          `time       ${pretrained.map(({ seconds }) => `${seconds.toFixed(0)} s`).join(', ')}`,
        ],
        machine: machine(),
      }
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function tasksOf(data, sample) {
  const flowers = data === undefined ? undefined : join(data, 'flowers17-sample')
  const real =
    data === undefined
      ? []
      : [
          { name: 'flowers17, 20 a class, 2 minutes', folder: flowers, perClass: 20, budget: '2m' },
          { name: 'flowers17, 20 a class, 5 minutes', folder: flowers, perClass: 20, budget: '5m' },
          {
            name: 'cifar10, 100 a class, 5 minutes',
            folder: join(data, 'cifar10', 'train'),
            testFolder: join(data, 'cifar10', 'test'),
            perClass: 100,
            budget: '5m',
          },
        ]
  return [
    ...real,
    { name: 'sample, 10 a class, 2 minutes', folder: sample, perClass: 10, budget: '2m' },
    { name: 'sample, 5 a class, 1 minute', folder: sample, perClass: 5, budget: '1m' },
  ]
}

/** The planner's choices as options, for a training from random weights. */
function sameRecipe({ stepCount, batchSize, microBatchSize, resizePx, cropPx, baseLearningRate, precision }) {
  return {
    steps: stepCount,
    batch: batchSize,
    'micro-batch': microBatchSize,
    resize: resizePx,
    crop: cropPx,
    lr: baseLearningRate,
    precision,
  }
}

function summary(list) {
  const { median } = quartiles(list)
  return `mean ${percent(mean(list))}, median ${percent(median)}, ${percent(Math.min(...list))} to ${percent(Math.max(...list))}`
}
