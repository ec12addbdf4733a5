/** The trials of a search: every combination of a grid, or draws from the paper's ranges. Pure. */
import type { Sweep, SweepAxis } from '../../contract/entities/queue'
import type { Overrides } from '../../contract/entities/run'
import { overridesSchema } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { recipeFields } from '../recipe/fields'
import { purpose, randomStream } from '../random'

/** At most so many: more would be a typing error. */
const mostTrials = 1000

/** Supplementary A of the paper (arXiv 1912.11370v3): what its random search draws from. */
const paperRanges: readonly Range[] = [
  { key: 'baseLearningRate', draw: logUniform(1e-4, 1e-1) },
  { key: 'stepCount', draw: choice([500, 1000, 2000, 4000, 8000, 16_000]) },
  { key: 'dropout', draw: (next) => rounded(next() * 0.7) },
  { key: 'decayTowardInitial', draw: logUniform(1e-6, 1e-1) },
  { key: 'mixupAlpha', draw: choice([0, 0.05, 0.1, 0.2, 0.4]) },
  { key: 'cropPx', draw: choice([64, 128, 192, 256, 320, 384]) },
]

type Value = SweepAxis['values'][number]
interface Range {
  readonly key: keyof Overrides
  readonly draw: (next: () => number) => Value
}

/**
 * What each trial sets beside what the request sets. A random one is drawn from a stream of its own, so that a search that is extended keeps the trials
 * that it has. Throws 'bad-input' where an axis is none of a recipe, or a value is out of its range.
 */
export function trialsOf(sweep: Sweep, set: Overrides): Overrides[] {
  for (const { key } of sweep.axes) refuseUnknown(key)
  const drawn = sweep.kind === 'grid' ? combinations(sweep.axes) : draws(sweep, set)
  if (drawn.length > mostTrials)
    throw new WorkbenchError(
      'bad-input',
      `That would be ${drawn.length} trials; ${mostTrials} are the most.`,
      'Leave some values out, or search at random.',
    )
  return drawn.map(checked)
}

function combinations(axes: readonly SweepAxis[]): Record<string, Value>[] {
  let all: Record<string, Value>[] = [{}]
  for (const { key, values } of axes) {
    if (all.length * values.length > mostTrials * 100)
      return Array.from({ length: all.length * values.length }, () => ({}))
    all = all.flatMap((before) => values.map((value) => ({ ...before, [key]: value })))
  }
  return all
}

function draws({ axes, count, seed, asha }: Sweep, set: Overrides): Record<string, Value>[] {
  const narrowed = new Map(axes.map(({ key, values }) => [key, values]))
  const ranges = paperRanges.filter(
    ({ key }) =>
      (set[key] === undefined || narrowed.has(key)) &&
      // its rungs are steps of one schedule
      !(key === 'stepCount' && asha !== null),
  )
  const others = axes
    .filter(({ key }) => !ranges.some((range) => range.key === key))
    .map(({ key, values }) => ({ key, draw: choice(values) }))
  return Array.from({ length: count }, (_, index) => {
    const next = randomStream(seed, purpose.sweepTrial, index)
    return Object.fromEntries(
      [...ranges, ...others].map(({ key, draw }) => {
        const values = narrowed.get(key)
        return [key, values === undefined ? draw(next) : choice(values)(next)]
      }),
    )
  })
}

function checked(values: Record<string, Value>): Overrides {
  const parsed = overridesSchema.safeParse(values)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new WorkbenchError(
    'bad-input',
    `A trial cannot have ${String(issue?.path[0] ?? 'this value')} = ${String(values[String(issue?.path[0])])}: ${issue?.message ?? ''}.`,
    'Correct the values of the search.',
  )
}

function refuseUnknown(key: string): void {
  if (key in recipeFields) return
  throw new WorkbenchError('bad-input', `"${key}" is no setting of a recipe.`, 'Choose another to vary.')
}

function choice(values: readonly Value[]): Range['draw'] {
  return (next) => values[Math.floor(next() * values.length)] ?? 0
}

function logUniform(from: number, to: number): Range['draw'] {
  return (next) => rounded(from * (to / from) ** next())
}

/** Three digits: a value that a person can read and type again. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
