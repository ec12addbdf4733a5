/** How large the window may be and where it stands. Pure. */
import { z } from 'zod'

const keptSchema = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }),
  maximized: z.boolean(),
})
type KeptState = Readonly<z.infer<typeof keptSchema>>
export type Box = Readonly<KeptState['bounds']>

export interface WindowState {
  readonly bounds: Partial<Box> & { readonly width: number; readonly height: number }
  readonly maximized: boolean
}

/** The least that every screen of the interface works at, with the frame and the menu around it. */
export const leastSize = { width: 1024, height: 700 } as const
export const firstState: WindowState = { bounds: { width: 1360, height: 860 }, maximized: false }

/** On a screen that is smaller than the least size, its own size: no part of the window can then lie out of reach. */
export function leastSizeOn(area: Box): { readonly width: number; readonly height: number } {
  return {
    width: Math.min(leastSize.width, area.width),
    height: Math.min(leastSize.height, area.height),
  }
}

/** What a file said of the last time, or null where it says nothing that a window can be made from. */
export function parseState(value: unknown): KeptState | null {
  return keptSchema.safeParse(value).data ?? null
}

/**
 * The kept state for a screen with this work area. A window whose title bar cannot be reached there (its screen may have been unplugged) begins
 * anew in the middle; one that has become too large or too small is brought to what fits.
 */
export function fitState(kept: KeptState | null, area: Box): WindowState {
  const least = leastSizeOn(area)
  const clamp = (size: { width: number; height: number }) => ({
    width: Math.min(area.width, Math.max(least.width, size.width)),
    height: Math.min(area.height, Math.max(least.height, size.height)),
  })
  if (kept === null) return { ...firstState, bounds: clamp(firstState.bounds) }
  const { x, y } = kept.bounds
  const size = clamp(kept.bounds)
  const canBeReached =
    x < area.x + area.width - 50 &&
    x + size.width > area.x + 50 &&
    y >= area.y - 10 &&
    y < area.y + area.height - 50
  return { maximized: kept.maximized, bounds: canBeReached ? { x, y, ...size } : size }
}
