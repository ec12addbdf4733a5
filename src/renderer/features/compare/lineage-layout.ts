/** Where the nodes of a lineage stand: a column a layer, from the left. Pure. */
import type { Lineage } from '../../../contract/entities/many-runs'

export const nodePx = { width: 210, gapX: 56, gapY: 16, head: 24, fact: 15, pad: 12 } as const

export interface PlacedNode {
  readonly node: Lineage['nodes'][number]
  readonly x: number
  readonly y: number
  readonly height: number
}

export interface LineageLayout {
  readonly nodes: readonly PlacedNode[]
  /** From the right edge of one to the left edge of the other. */
  readonly edges: readonly { readonly key: string; readonly path: string }[]
  readonly width: number
  readonly height: number
}

export function layoutLineage({ nodes }: Lineage): LineageLayout {
  const { width, gapX, gapY, head, fact, pad } = nodePx
  const below = new Map<number, number>()
  const placed = nodes.map((node): PlacedNode => {
    const height = head + node.facts.length * fact + pad
    const y = below.get(node.layer) ?? 0
    below.set(node.layer, y + height + gapY)
    return { node, x: node.layer * (width + gapX), y, height }
  })
  const byKey = new Map(placed.map((one) => [one.node.key, one]))
  const edges = placed.flatMap((to) =>
    to.node.from.flatMap((key) => {
      const from = byKey.get(key)
      if (from === undefined) return []
      const [x1, y1] = [from.x + width, from.y + from.height / 2]
      const [x2, y2] = [to.x, to.y + to.height / 2]
      const middle = (x1 + x2) / 2
      const path = `M${String(x1)} ${String(y1)}C${String(middle)} ${String(y1)} ${String(middle)} ${String(y2)} ${String(x2)} ${String(y2)}`
      return [{ key: `${key} ${to.node.key}`, path }]
    }),
  )
  const layers = Math.max(0, ...nodes.map(({ layer }) => layer)) + 1
  return {
    nodes: placed,
    edges,
    width: layers * (width + gapX) - gapX,
    height: Math.max(0, ...below.values()),
  }
}
