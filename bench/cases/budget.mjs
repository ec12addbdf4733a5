/**
 * What the planner makes of a time budget, against a small grid of settings that take as long: accuracy on held-out images over resplits, and how
 * near to its budget a run ends. Every run is kept in the state file as soon as it has ended, so that the bench goes on where it was broken off.
 *
 * A setting is a crop, a batch and a rate; its steps fill the budget at the speed that the model was measured to have here, alone, before.
 * So the grid's accuracies do not depend on what else the machine does; the planner's runs, which measure for themselves, do.
 */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machine } from '../machine.mjs'
import { measureInTrainer } from '../trainer.mjs'
import { bitw, drawDataset, mean, optionsOf, percent, trained } from '../workbench.mjs'

/** [crop px, batch, rate]. */
const grids = {
  '1m': [
    [64, 32, 0.05],
    [96, 32, 0.05],
    [96, 32, 0.1],
    [96, 64, 0.1],
    [128, 32, 0.05],
  ],
  '5m': [
    [96, 64, 0.1],
    [128, 32, 0.05],
    [128, 64, 0.1],
    [160, 64, 0.1],
  ],
  '30m': [
    [128, 64, 0.05],
    [160, 64, 0.1],
    [224, 64, 0.1],
  ],
}
const budgetMs = { '1m': 60_000, '5m': 300_000, '30m': 1_800_000 }
/** Loading the engine, making graphs, saving: what a run takes beside its steps and evaluations on two cores. */
const startMs = 7_000
const resizeToCrop = 1.25

/** `data`: a folder with flowers17-sample, cifar10 and caltech101-128, unpacked; the sample needs none. `runs`: how many resplits. */
export async function* budgetResults({ data, runs, state, only, weights = 'embedded:bit-tiny', note }) {
  const home = mkdtempSync(join(tmpdir(), 'bitw-budget-'))
  const record = openRecord(state)
  try {
    await bitw(home, ['import', '--sample'])
    const spec = await specOf(home, weights)
    for (const [budget, names] of Object.entries(budgetsOf(only))) {
      const sets = setsOf(data, join(home, 'sample', 'images')).filter(({ name }) => names.includes(name))
      for (const set of sets) {
        for (let seed = 0; seed < runs; seed += 1) {
          await runAll({ home, record, spec, weights, budget, set, seed, note, halves: halvesOf(only) })
        }
      }
      yield* summaries(record.all(), budget, sets, weights)
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The planner's runs want a quiet machine, the grid's do not: `only` may hold "planner" or "grid", to run the two apart. */
const halves = ['planner', 'grid']

function halvesOf(only) {
  const named = halves.filter((half) => only?.split(' ').includes(half))
  return named.length === 0 ? halves : named
}

/** Which sets each budget is tried on; `only` names a budget ("1m"), a set, or both ("1m flowers17"). */
function budgetsOf(only) {
  const all = {
    '1m': ['flowers17', 'cifar10', 'caltech101', 'sample'],
    '5m': ['flowers17', 'cifar10'],
    '30m': ['cifar10'],
  }
  const words = (only?.split(' ') ?? []).filter((word) => !halves.includes(word))
  const budgets = words.filter((word) => word in all)
  const names = words.filter((word) => !(word in all))
  return Object.fromEntries(
    Object.entries(all)
      .filter(([budget]) => budgets.length === 0 || budgets.includes(budget))
      .map(([budget, sets]) => [budget, sets.filter((name) => names.length === 0 || names.includes(name))]),
  )
}

function setsOf(data, sample) {
  const real =
    data === undefined
      ? []
      : [
          { name: 'flowers17', folder: join(data, 'flowers17-sample'), perClass: 20 },
          {
            name: 'cifar10',
            folder: join(data, 'cifar10', 'train'),
            testFolder: join(data, 'cifar10', 'test'),
            perClass: 500,
          },
          {
            name: 'caltech101',
            folder: join(data, 'caltech101-128'),
            perClass: 15,
            testPerClass: 15,
            except: ['BACKGROUND_Google'],
          },
        ]
  return [...real, { name: 'sample', folder: sample, perClass: 20 }]
}

async function specOf(home, weights) {
  const records = await bitw(home, ['models', 'show', weights])
  return records.find(({ model }) => model !== undefined).model.spec
}

async function runAll({ home, record, spec, weights, budget, set, seed, note, halves }) {
  const dataset = `${set.name} ${seed}`
  const wanted = [
    ...(halves.includes('planner') ? [null] : []),
    ...(halves.includes('grid') ? grids[budget] : []),
  ]
  const settings = wanted.filter((setting) => !record.has({ budget, set: set.name, seed, setting, weights }))
  if (settings.length === 0) return
  const known = (await bitw(home, ['datasets'])).some(({ dataset: one }) => one?.name === dataset)
  if (!known) {
    const drawn = join(home, 'drawn', dataset)
    drawDataset(set, seed, drawn)
    await bitw(home, ['import', drawn, '--name', dataset, '--val', '0'])
  }
  for (const setting of settings) {
    const words = ['--dataset', dataset, '--weights', weights, '--seed', `${seed}`]
    if (setting === null) words.push('--budget', budget)
    else words.push(...optionsOf(await valuesOf(record, { spec, weights }, budget, setting, dataset, home)))
    const startedAtMs = Date.now()
    const run = await trained(home, words)
    const seconds = (Date.now() - startedAtMs) / 1000
    const { stepCount, batchSize, cropPx, baseLearningRate } = run.recipe
    record.add({
      budget,
      set: set.name,
      seed,
      setting,
      weights,
      accuracy: run.accuracy.value,
      seconds,
      took: { stepCount, batchSize, cropPx, baseLearningRate, linearProbe: run.recipe.linearProbe },
    })
    note(
      `${budget} ${dataset}: ${setting === null ? 'planner' : setting.join(' ')} (${stepCount} × ${batchSize}, ${cropPx} px): ${percent(run.accuracy.value)} in ${seconds.toFixed(0)} s`,
    )
  }
}

/** What fills the budget. */
async function valuesOf(record, model, budget, [crop, batch, lr], dataset, home) {
  const msPerImage = await speedOf(record, model, crop, batch)
  const list = await bitw(home, ['datasets'])
  const { dataset: detail } = list.find(({ dataset: one }) => one?.name === dataset)
  const evaluationMs = (detail.split.counts.test * msPerImage) / 3
  const steps = Math.max(1, Math.floor((budgetMs[budget] - startMs - evaluationMs) / (batch * msPerImage)))
  return {
    steps,
    batch,
    'micro-batch': batch,
    crop,
    resize: Math.round(crop * resizeToCrop),
    lr,
    precision: 'bfloat16',
  }
}

async function speedOf(record, { spec, weights }, px, batch) {
  const known = record
    .all()
    .find((one) => one.speed && one.weights === weights && one.px === px && one.batch === batch)
  if (known !== undefined) return known.speed
  const { rate } = await measureInTrainer({ spec, microBatch: batch, px, steps: 12, precision: 'bfloat16' })
  record.add({ speed: 1000 / rate, weights, px, batch })
  return 1000 / rate
}

function* summaries(all, budget, sets, weights) {
  const rows = all.filter((one) => one.budget === budget && one.weights === weights)
  const accuracies = (set, setting) =>
    rows
      .filter((row) => row.set === set && same(row.setting, setting))
      .sort((one, other) => one.seed - other.seed)
      .map(({ accuracy }) => accuracy)
  // what `--case` left out is not compared
  const grid = grids[budget].filter((setting) =>
    sets.every(({ name }) => accuracies(name, setting).length > 0),
  )
  const best = (set, among = grid) =>
    among.reduce((one, other) => (mean(accuracies(set, other)) > mean(accuracies(set, one)) ? other : one))
  for (const { name } of sets) {
    const planner = rows.filter((row) => row.set === name && row.setting === null)
    const found = grid.length === 0 ? null : best(name)
    const others = sets.filter((set) => set.name !== name)
    // the setting that loses least on the other sets: what a planner tuned on them would take
    const regret = (setting) =>
      mean(
        others.map((set) => mean(accuracies(set.name, best(set.name))) - mean(accuracies(set.name, setting))),
      )
    const tunedElsewhere =
      others.length === 0 || found === null
        ? null
        : grid.reduce((one, other) => (regret(other) < regret(one) ? other : one))
    const planned = percent(mean(planner.map(({ accuracy }) => accuracy)))
    // resplits that both have run
    const gaps = planner.flatMap(({ seed, accuracy }) => {
      const other = rows.find(
        (row) => row.set === name && row.seed === seed && found !== null && same(row.setting, found),
      )
      return other === undefined ? [] : [accuracy - other.accuracy]
    })
    yield {
      case: 'budget',
      name: `${budget} ${name}`,
      what: `accuracy within ${budget}, ${name}, ${planner.length} resplits, from ${weights},`,
      rows: rows.filter((row) => row.set === name),
      lines: [
        ...grid.map(
          (setting) => `${settingText(setting).padEnd(28)} ${percent(mean(accuracies(name, setting)))}`,
        ),
        ...(found === null ? [] : [`best found: ${settingText(found)}`]),
        ...(tunedElsewhere === null
          ? []
          : [
              `tuned on the other sets: ${settingText(tunedElsewhere)}, ${percent(mean(accuracies(name, tunedElsewhere)))}`,
            ]),
        gaps.length === 0
          ? `planner: ${planned}; no setting of the grid was run on these resplits`
          : `planner: ${planned}, against the best found ${gapText(gaps)} points (95 %, paired)`,
        `planner’s time: ${planner.map(({ seconds }) => `${seconds.toFixed(0)} s`).join(', ')} of ${budgetMs[budget] / 1000} s`,
      ],
      machine: machine(),
    }
  }
}

/** Student's t for 95 % on both sides, by degrees of freedom from 1. */
const student = [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]

function gapText(gaps) {
  const middle = mean(gaps)
  const signed = (value) => `${value >= 0 ? '+' : '−'}${Math.abs(100 * value).toFixed(1)}`
  if (gaps.length < 2) return signed(middle)
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - middle) ** 2, 0) / (gaps.length - 1))
  const half = ((student[gaps.length - 2] ?? 2) * deviation) / Math.sqrt(gaps.length)
  return `${signed(middle)} (${signed(middle - half)} to ${signed(middle + half)})`
}

function settingText([crop, batch, rate]) {
  return `${crop} px, batch ${batch}, rate ${rate}`
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other)

/** Lines of JSON; without a file they live as long as the bench. */
function openRecord(path) {
  const lines =
    path !== undefined && existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line))
      : []
  return {
    all: () => lines,
    has: (wanted) => lines.some((line) => Object.keys(wanted).every((key) => same(line[key], wanted[key]))),
    add(line) {
      lines.push(line)
      if (path !== undefined) appendFileSync(path, `${JSON.stringify(line)}\n`)
    },
  }
}
