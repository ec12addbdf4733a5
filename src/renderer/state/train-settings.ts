/** What the user sets against the rule: values of the recipe, and layers, which a model's name says. Pure. */
import type { Overrides, RuleName } from '../../contract/entities/run'

/** A layer is set where it is not BiT's. */
export interface LayerSettings {
  readonly norm?: 'batch'
  readonly convolution?: 'plain'
}
export type Settings = Overrides & LayerSettings
/** undefined goes back to the rule. */
export type Change = { readonly [K in keyof Settings]?: Settings[K] | undefined }

/** The recipe's values of these, without those that do not go together: pre-training and a linear probe, a linear probe and a random crop. */
export function overridesOf(settings: Settings, rule: RuleName): Overrides {
  const probes = rule !== 'upstream' && settings.linearProbe === true
  const left = ['norm', 'convolution', ...(probes ? ['crop', 'leastCropArea', 'randomCrop'] : [])]
  if (rule === 'upstream') left.push('linearProbe')
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !left.includes(key)))
}

/** 'R50x1' → 'R50x1+bn', as `parseModel` reads it. */
export function withLayers(size: string, { norm, convolution }: LayerSettings): string {
  return `${size}${norm === 'batch' ? '+bn' : ''}${convolution === 'plain' ? '+plain' : ''}`
}
