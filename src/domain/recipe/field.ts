/** What an entry of the table of recipe fields says (see fields.ts). Pure. */

/** How a line's reason begins where the user set its value; what trains a run again puts the run in their place. */
export const userSetIt = 'You set it'
export const userTurnedItOff = 'You turned it off'

/** What a field's words may depend on, beside its value. */
export interface Told {
  readonly rule: string
  readonly linearProbe: boolean
  readonly leastCropArea: number
}

export interface Words {
  readonly value: string
  readonly because: string
}

/** The line of the plan that says the field. Several fields may share one. */
export interface FieldLine {
  readonly key: string
  readonly label: string
}

export type Training = 'fine-tuning' | 'pre-training'

interface FieldBasics {
  /** null: no line says it. */
  readonly line: FieldLine | null
  /** The training that it is for; absent: both. */
  readonly of?: Training
  /** Absent: it is part of the recipe. 'steps': it gives the recipe's steps. */
  readonly gives?: 'steps'
  /** Which rules leave it out: the sheet shows its line as beyond them, and `off` is theirs. Needs words, and `off`. */
  readonly beyond?: 'fine-tuning' | 'both'
  /** It is about crops at random: a linear probe, which reads whole images, has none. */
  readonly cuts?: true
  /** The trainer's step reads it, see trainer/step/learning.ts. */
  readonly learns?: true
  /** Its option at the command line; a switch's sets the value that its flag says. */
  readonly command?: {
    readonly flag: string
    readonly help: string
    /** Of which command it is an option, where that is only one. */
    readonly of?: Training
  }
}

export interface NumberField extends FieldBasics {
  readonly kind: 'number'
  readonly whole: boolean
  readonly min: number
  /** `min` itself is not allowed. */
  readonly above?: true
  /** Absent: as large as a number can be counted. */
  readonly max?: number
  /** What holds where nobody asks for it, and in recipes from before the field; absent: the rule decides. */
  readonly off?: number
  readonly words?: (value: number, told: Told) => Words
  /** Absent: the sheet has none. */
  readonly editor?: {
    readonly label: string
    /** May be typed behind the number. */
    readonly unit?: string
    /** The least that may be typed, where `min` is not allowed. */
    readonly least?: number
  }
}

export interface SwitchField extends FieldBasics {
  readonly kind: 'switch'
  readonly off?: boolean
  readonly words?: (value: boolean, told: Told) => Words
  /** `to`: the value that the sheet switches to, away from the rule's. */
  readonly editor?: { readonly to: boolean }
}

export interface ChoiceField extends FieldBasics {
  readonly kind: 'choice'
  /** What may be chosen, with its word in the line and in the sheet, and why. */
  readonly options: Readonly<
    Record<string, { readonly label: string; readonly because: string | ((told: Told) => string) }>
  >
  readonly off?: string
  /** 'select' offers all. `to`: there are two, and the sheet switches to this one. */
  readonly editor?: 'select' | { readonly to: string }
}

export type RecipeField = NumberField | SwitchField | ChoiceField
export type FieldTable = Readonly<Record<string, RecipeField>>

export function optionsOf<F extends ChoiceField>({ options }: F): (keyof F['options'] & string)[] {
  return Object.keys(options)
}

/** The type of a field's values. */
export type ValueOf<F> = F extends { readonly kind: 'number' }
  ? number
  : F extends { readonly kind: 'switch' }
    ? boolean
    : F extends { readonly kind: 'choice'; readonly options: infer O }
      ? keyof O & string
      : never

/** The fields of a table that match, by their values. */
export type ValuesOf<T, Match> = {
  -readonly [K in keyof T as T[K] extends Match ? K : never]: ValueOf<T[K]>
}

/** The values of the fields that have `off`: what was asked for, else off. */
export function offValues<T extends FieldTable>(
  table: T,
  asked: { readonly [K in keyof T]?: ValueOf<T[K]> | undefined },
): ValuesOf<T, { readonly off: unknown }> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([key, { off }]) =>
      off === undefined ? [] : [[key, asked[key as keyof T] ?? off]],
    ),
  ) as ValuesOf<T, { readonly off: unknown }>
}

/** What a field's line says of a value. Throws where the table has no such value, or no words for it. */
export function wordsOf(field: RecipeField, value: unknown, told: Told): Words {
  if (field.kind === 'choice') {
    const option = field.options[String(value)]
    if (option !== undefined) {
      const { label, because } = option
      return { value: label, because: typeof because === 'string' ? because : because(told) }
    }
  } else if (field.kind === 'number' && field.words !== undefined && typeof value === 'number') {
    return field.words(value, told)
  } else if (field.kind === 'switch' && field.words !== undefined && typeof value === 'boolean') {
    return field.words(value, told)
  }
  throw new Error(`The table of recipe fields has no words for ${String(value)}.`)
}
