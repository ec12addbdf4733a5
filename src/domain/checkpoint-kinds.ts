/** Why a checkpoint is kept. Pure. */
export type CheckpointKind = 'last' | 'before' | 'best' | 'every' | 'pinned' | 'in-use'

export interface CheckpointFacts {
  readonly id: number
  readonly runId: number
  readonly stepIndex: number
  readonly createdAtMs: number
  readonly byteCount: number
  readonly isPinned: boolean
  /** On val after this step; null where it was not evaluated then. */
  readonly valAccuracy: number | null
  readonly valLoss: number | null
  /** A promotion names it, or a run went on from it. */
  readonly isNamed: boolean
}

export type OnVal = Pick<CheckpointFacts, 'valAccuracy' | 'valLoss'>

/** One that nothing in here says to keep goes at once. */
export type Kept<Facts extends CheckpointFacts = CheckpointFacts> = Facts & {
  readonly kinds: readonly CheckpointKind[]
}

/**
 * Of one run, oldest step first. The one before the last is kept in case the last is damaged. Best: the highest accuracy on val, then the lowest loss, then the
 * later. `everySteps` 0: none for its step.
 */
export function withKinds<Facts extends CheckpointFacts>(
  ofRun: readonly Facts[],
  everySteps: number,
): Kept<Facts>[] {
  const best = ofRun.reduce<Facts | null>(
    (sofar, one) => (one.valAccuracy !== null && (sofar === null || isBetter(one, sofar)) ? one : sofar),
    null,
  )
  return ofRun.map((one, index) => {
    const kinds: CheckpointKind[] = []
    if (index === ofRun.length - 1) kinds.push('last')
    if (index === ofRun.length - 2) kinds.push('before')
    if (one === best) kinds.push('best')
    if (everySteps > 0 && one.stepIndex % everySteps === 0) kinds.push('every')
    if (one.isPinned) kinds.push('pinned')
    if (one.isNamed) kinds.push('in-use')
    return { ...one, kinds }
  })
}

/**
 * What goes so that all together take no more than `budgetBytes`: first what nothing names, then those before the last, then those kept for their step; of each,
 * the oldest first. What is last, best, pinned, or in use stays, also where that is more than the budget.
 */
export function beyondBudget<Facts extends CheckpointFacts>(
  all: readonly Kept<Facts>[],
  budgetBytes: number,
): Kept<Facts>[] {
  let left = all.reduce((sum, { byteCount }) => sum + byteCount, 0)
  const order = all
    .map((one) => ({ one, rank: rankOf(one.kinds) }))
    .filter(({ rank }) => rank !== null)
    .sort(
      (a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.one.createdAtMs - b.one.createdAtMs || a.one.id - b.one.id,
    )
  const going: Kept<Facts>[] = []
  for (const { one } of order) {
    if (left <= budgetBytes) break
    left -= one.byteCount
    going.push(one)
  }
  return going
}

/** Someone asked to keep it, or something names it: nothing that is done with its run deletes it. */
export function isHeld({ kinds }: Pick<Kept, 'kinds'>): boolean {
  return kinds.includes('pinned') || kinds.includes('in-use')
}

/** 'last, best', 'nothing'. */
export function kindWords(kinds: readonly CheckpointKind[]): string {
  const words: Readonly<Record<CheckpointKind, string>> = {
    last: 'last',
    before: 'previous',
    best: 'best',
    every: 'for its step',
    pinned: 'pinned',
    'in-use': 'in use',
  }
  return kinds.length === 0 ? 'nothing' : kinds.map((kind) => words[kind]).join(', ')
}

/** null: it stays. */
function rankOf(kinds: readonly CheckpointKind[]): number | null {
  if (kinds.some((kind) => kind === 'last' || kind === 'best' || kind === 'pinned' || kind === 'in-use'))
    return null
  if (kinds.includes('every')) return 2
  return kinds.includes('before') ? 1 : 0
}

/** On val: the higher accuracy, then the lower loss; `a` also where they are equal. */
export function isBetter(a: OnVal, b: OnVal): boolean {
  if (a.valAccuracy !== b.valAccuracy) return (a.valAccuracy ?? -1) > (b.valAccuracy ?? -1)
  return (a.valLoss ?? Infinity) <= (b.valLoss ?? Infinity)
}
