/** As much as one call may ask for. */
const pageSize = 5000

/** The first `limit` of a list that comes in pages. */
export async function wholeList<Item>(
  limit: number,
  read: (range: { offset: number; limit: number }) => Promise<{ total: number; items: readonly Item[] }>,
): Promise<{ total: number; items: Item[] }> {
  const items: Item[] = []
  for (;;) {
    const page = await read({ offset: items.length, limit: Math.min(pageSize, limit - items.length) })
    items.push(...page.items)
    if (page.items.length === 0 || items.length >= Math.min(limit, page.total))
      return { total: page.total, items }
  }
}
