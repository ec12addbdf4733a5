/** What a .safetensors says of its model beside the tensors, under keys of our own. */
import { z } from 'zod'
import { lossNameSchema, type LossName } from '../../contract/entities/run'
import { shownName } from '../../domain/names'

export interface ModelMetadata {
  readonly name: string
  readonly classNames: readonly string[]
  /** Side of the images that it is made for. */
  readonly cropPx: number
  /** softmax where it is not said. */
  readonly loss: LossName
  readonly trainedOn: string
  /** What is known of its quality. */
  readonly figures: readonly { readonly what: string; readonly value: string }[]
}

const keys = {
  name: 'bitw.name',
  classNames: 'bitw.classNames',
  cropPx: 'bitw.cropPx',
  loss: 'bitw.loss',
  trainedOn: 'bitw.trainedOn',
  figures: 'bitw.figures',
} as const

const classNamesSchema = z.array(z.string().max(1000))
const figuresSchema = z.array(z.object({ what: z.string().max(200), value: z.string().max(200) })).max(50)
const cropPxSchema = z.int().min(16).max(4096)

/** For writeSafetensors. What is not known is left out. */
export function writeModelMetadata(metadata: Partial<ModelMetadata>): Record<string, string> {
  const { name, classNames, cropPx, loss, trainedOn, figures } = metadata
  return {
    ...(name !== undefined && { [keys.name]: name }),
    ...(classNames !== undefined && { [keys.classNames]: JSON.stringify(classNames) }),
    ...(cropPx !== undefined && { [keys.cropPx]: String(cropPx) }),
    ...(loss !== undefined && { [keys.loss]: loss }),
    ...(trainedOn !== undefined && { [keys.trainedOn]: trainedOn }),
    ...(figures !== undefined && { [keys.figures]: JSON.stringify(figures) }),
  }
}

/** null for what the file does not say, or not in a way that makes sense: names count only where there are as many as classes. */
export function readModelMetadata(
  metadata: Readonly<Record<string, string>>,
  classCount: number | null,
): { [Key in keyof ModelMetadata]: ModelMetadata[Key] | null } {
  const names = classNamesSchema.safeParse(parsed(metadata[keys.classNames]))
  const cropPx = cropPxSchema.safeParse(parsed(metadata[keys.cropPx]))
  const figures = figuresSchema.safeParse(parsed(metadata[keys.figures]))
  const loss = lossNameSchema.safeParse(metadata[keys.loss])
  return {
    name: shownName(textOf(metadata[keys.name], 200) ?? '', '') || null,
    classNames: names.success && names.data.length === classCount ? names.data : null,
    cropPx: cropPx.success ? cropPx.data : null,
    loss: loss.success ? loss.data : null,
    trainedOn: textOf(metadata[keys.trainedOn], 2000),
    figures: figures.success ? figures.data : null,
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? null : (JSON.parse(text) as unknown)
  } catch {
    return null // another program's words: as good as none
  }
}

function textOf(text: string | undefined, longest: number): string | null {
  const trimmed = text?.trim().slice(0, longest)
  return trimmed === undefined || trimmed === '' ? null : trimmed
}
