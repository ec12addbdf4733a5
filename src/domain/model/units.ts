/** The residual units of a model and where each works: what the forward pass, the parameter list and the estimates share. */
import type { ModelSpec } from '../../contract/entities/model'

export interface Unit {
  /** Published prefix, e.g. resnet/block1/unit01 */
  readonly name: string
  readonly inChannels: number
  readonly midChannels: number
  readonly outChannels: number
  readonly stride: 1 | 2
  /** The shortcut goes through a 1×1 convolution: where the stride is not 1 or the channels change. */
  readonly projected: boolean
}

/** Groups of every GroupNorm (BiT, section 3.1). */
export const groupCount = 32

/** All units in the order of the forward pass. Stage strides 1, 2, 2, 2; channels 64·w·{1,2,4,8}, four times that leaving a unit. */
export function unitsOf(spec: ModelSpec): Unit[] {
  const units: Unit[] = []
  let inChannels = rootChannels(spec)
  spec.units.forEach((unitCount, stage) => {
    const midChannels = rootChannels(spec) * 2 ** stage
    const outChannels = 4 * midChannels
    for (let index = 0; index < unitCount; index += 1) {
      const stride = index === 0 && stage > 0 ? 2 : 1
      units.push({
        name: `resnet/block${String(stage + 1)}/unit${String(index + 1).padStart(2, '0')}`,
        inChannels,
        midChannels,
        outChannels,
        stride,
        projected: stride !== 1 || inChannels !== outChannels,
      })
      inChannels = outChannels
    }
  })
  return units
}

export function rootChannels(spec: ModelSpec): number {
  return 64 * spec.width
}

/** Channels of the last stage, which the head reads. */
export function featureChannels(spec: ModelSpec): number {
  return rootChannels(spec) * 32
}

/** Side of the image after the root convolution and after its pool; the stages go on from the latter. */
export function rootSizes(cropPx: number): { convPx: number; poolPx: number } {
  const convPx = Math.floor((cropPx + 6 - 7) / 2) + 1
  return { convPx, poolPx: Math.floor((convPx + 2 - 3) / 2) + 1 }
}

/** Side after a unit of this stride (3×3, padding 1). */
export function unitSize(px: number, stride: 1 | 2): number {
  return Math.floor((px - 1) / stride) + 1
}
