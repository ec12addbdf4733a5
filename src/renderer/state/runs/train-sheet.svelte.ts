/** The sheet on the Train screen, while it is filled in: one for each dataset, kept over a reload, with a way back from what changes all of it. */
import { startModelId } from '../../../contract/entities/model'
import type { RuleName, UpstreamPreset } from '../../../contract/entities/run'
import { tabStore } from '../../browser-store'
import { datasets } from '../datasets/datasets.svelte'
import { models } from '../models/models.svelte'
import {
  departs,
  emptySheet,
  fromZero,
  likewise,
  ruledSheet,
  type Change,
  type Settings,
  type Sheet,
} from './train-settings'
import { datasetIdOf, datasetKey, TrainSheets } from './train-sheets'
import { whenever } from '../../whenever.svelte'

/** What was just done to the whole sheet, and the sheet that takes it back or goes on from it. */
export interface SheetNote {
  /** left: another dataset was opened, and what was set stayed with the one before. taken: it was brought along. */
  readonly kind: 'reset' | 'left' | 'taken'
  /** The dataset before; '' where it is the same. */
  readonly datasetName: string
  readonly sheet: Sheet
}

export class TrainSheet {
  datasetId: number | null = $state(null)
  /** The id of a model, or `fromZero`; null until the models are known. */
  from: string | null = $state(null)
  /** The size of that model, as a run has it; null: the model itself says it. */
  protected model: string | null = $state(null)
  /** Whether the user chose what it starts from; else a budget does. */
  fromAsked = $state(emptySheet.fromAsked)
  /** How long it may take; null: as long as the rule takes. */
  budgetMs: number | null = $state(emptySheet.budgetMs)
  /** Whether the user chose that; else it follows from what the rule would take. */
  protected budgetAsked = $state(emptySheet.budgetAsked)
  /** The size of a model that starts from zero. */
  architecture = $state(emptySheet.architecture)
  rule: RuleName = $state(emptySheet.rule)
  /** Which pre-training, where the rule is 'upstream'. */
  preset: UpstreamPreset = $state(emptySheet.preset)
  settings: Settings = $state.raw({})
  seed = $state(0)
  name = $state('')
  /** The checkpoint of a run that it goes on from; null: it begins at step 0. */
  continues: Sheet['continues'] = $state.raw(null)
  /** The run that it trains again; null: none. */
  again: number | null = $state(null)

  /** Goes up where the whole sheet is exchanged: what is being typed then belongs to the one before. */
  edition = $state(0)
  /** What is typed and cannot be taken, by the name of its line: nothing starts before it is mended. */
  problems: Readonly<Record<string, string>> = $state.raw({})
  private shownNote: { readonly note: SheetNote; readonly at: string } | null = $state.raw(null)
  private readonly sheets = new TrainSheets(tabStore)
  /** Of the dataset whose sheet this is. */
  private key: string | null = null

  readonly sheet: Sheet = $derived({
    from: this.from,
    model: this.model,
    fromAsked: this.fromAsked,
    budgetMs: this.budgetMs,
    budgetAsked: this.budgetAsked,
    architecture: this.architecture,
    rule: this.rule,
    preset: this.preset,
    settings: this.settings,
    seed: this.seed,
    name: this.name,
    continues: this.continues,
    again: this.again,
  })
  readonly departs: boolean = $derived(departs(this.sheet))
  /** null once anything was set since. */
  readonly note: SheetNote | null = $derived(
    this.shownNote?.at === whatIsSet(this.sheet) ? this.shownNote.note : null,
  )

  constructor() {
    const { current } = this.sheets
    if (current !== null) {
      this.key = current
      this.datasetId = datasetIdOf(current)
      this.put(this.sheets.get(current) ?? emptySheet)
    }
    $effect.root(() => {
      whenever(
        () => this.sheet,
        (sheet) => {
          if (this.key !== null) this.sheets.put(this.key, sheet)
        },
      )
    })
  }

  /** Opens the sheet of a dataset, which begins with the rule. Whether it is another than before. */
  protected open(datasetId: number): boolean {
    const dataset = datasets.list.find(({ id }) => id === datasetId)
    const key = datasetKey(dataset ?? { id: datasetId, createdAtMs: 0 })
    if (this.key === key) return false
    const before = datasets.list.find(({ id }) => id === this.datasetId)
    const left = this.sheet
    if (this.key !== null) this.sheets.put(this.key, left)
    this.key = key
    this.datasetId = datasetId
    const own = this.sheets.get(key)
    this.take(own ?? emptySheet)
    if (models.loaded) this.startFrom(undefined)
    if (own === null && before !== undefined && departs(left))
      this.remark({ kind: 'left', datasetName: before.name, sheet: likewise(left, this.sheet) })
    return true
  }

  /** `wanted`, else what was chosen before, else what comes with the workbench; from zero where there is nothing. */
  startFrom(wanted: string | undefined): void {
    const first = models.list.some(({ id, state }) => id === startModelId && state === 'ready')
    if (wanted !== undefined) this.fromAsked = true
    const from = wanted ?? this.from ?? (first || models.error !== null ? startModelId : fromZero)
    if (from !== this.from) this.model = null
    this.from = from
  }

  /** Sets values against the rule; undefined goes back to the rule. */
  set(change: Change): void {
    const entries = Object.entries({ ...this.settings, ...change })
    this.settings = Object.fromEntries(entries.filter(([, value]) => value !== undefined))
  }

  /** null: the rule alone. Where a run is trained again, its settings would leave nothing for a budget to choose: they go. */
  setBudget(budgetMs: number | null): void {
    const before = this.sheet
    if (budgetMs !== null && before.again !== null) {
      this.take(ruledSheet(before))
      this.remark({ kind: 'reset', datasetName: '', sheet: before })
    }
    this.budgetAsked = true
    this.budgetMs = budgetMs
  }

  /** Exchanges the whole sheet, e.g. for `sheetOf` a request that was made before. */
  take(sheet: Sheet): void {
    this.put(sheet)
    this.edition++
    this.problems = {}
    this.shownNote = null
  }

  /** Back to the rule with all that departs from it. */
  reset(): void {
    const before = this.sheet
    this.take(ruledSheet(before))
    this.remark({ kind: 'reset', datasetName: '', sheet: before })
  }

  /** What the note offers: takes a reset back, brings settings along, or leaves them again. */
  followNote(): void {
    const { note, sheet: before } = this
    if (note === null) return
    const { from, model, name } = this
    this.take(note.kind === 'reset' ? { ...note.sheet, from, model, name } : { ...note.sheet, name })
    if (note.kind === 'left') this.remark({ ...note, kind: 'taken', sheet: before })
  }

  dismissNote(): void {
    this.shownNote = null
  }

  /** What is wrong with the text in a line; null where nothing is. */
  report(line: string, problem: string | null): void {
    const { [line]: known, ...others } = this.problems
    if ((known ?? null) === problem) return
    this.problems = problem === null ? others : { ...others, [line]: problem }
  }

  private put(sheet: Sheet): void {
    const {
      from,
      model,
      fromAsked,
      budgetMs,
      budgetAsked,
      architecture,
      rule,
      preset,
      settings,
      seed,
      name,
      continues,
      again,
    } = sheet
    this.from = from
    this.model = model
    this.fromAsked = fromAsked
    this.budgetMs = budgetMs
    this.budgetAsked = budgetAsked
    this.architecture = architecture
    this.rule = rule
    this.preset = preset
    this.settings = settings
    this.seed = seed
    this.name = name
    this.continues = continues
    this.again = again
  }

  private remark(note: SheetNote): void {
    this.shownNote = { note, at: whatIsSet(this.sheet) }
  }
}

/** The model that it starts from may be found only after a note was made, and a name is no setting. */
function whatIsSet({ architecture, rule, preset, settings, seed }: Sheet): string {
  return JSON.stringify([architecture, rule, preset, settings, seed])
}
