/** The fields of the query language: what each is called, holds, takes, and where it means something. One table for parsing, help and completion. */
import { comparedFields } from './compared-fields'
import type { Field, Subject } from './field'
import { imageFields, seenFields } from './image-fields'
import { predictionFields } from './prediction-fields'
import { runFields } from './run-fields'

const fields: readonly Field[] = [
  ...comparedFields,
  ...imageFields,
  ...predictionFields,
  ...seenFields,
  ...runFields,
]

/** Those that a query about `subject` can have. */
export function fieldsOf(subject: Subject): readonly Field[] {
  return fields.filter(({ subjects: of }) => of.includes(subject))
}

/** By its name or another name of it, in capital letters or not. */
export function fieldNamed(subject: Subject, name: string): Field | null {
  const wanted = name.toLowerCase()
  const all = fieldsOf(subject)
  return (
    all.find((field) => field.name === wanted) ?? all.find(({ aliases }) => aliases.includes(wanted)) ?? null
  )
}
