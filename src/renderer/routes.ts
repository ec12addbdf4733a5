/** Addresses of screens: `#/datasets/3?part=test&class=2`. Pure. */
export const screens = ['datasets', 'train', 'runs', 'mistakes', 'models', 'engine'] as const
export type Screen = (typeof screens)[number]

export interface Route {
  readonly screen: Screen
  readonly id: number | null
  readonly query: Readonly<Record<string, string>>
}

/** Anything that is not an address leads to the datasets. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [name, idText] = path.split('/')
  const screen = screens.find((candidate) => candidate === name)
  if (!screen) return { screen: 'datasets', id: null, query: {} }
  const id = idText !== undefined && /^\d{1,15}$/.test(idText) ? Number(idText) : null
  return { screen, id, query: Object.fromEntries(new URLSearchParams(search)) }
}

/** The address of a screen; entries of `query` that are undefined or '' are left out. */
export function hrefTo(
  screen: Screen,
  id: number | null = null,
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '' && value !== false) search.set(key, String(value))
  }
  const text = search.toString()
  return `#/${screen}${id === null ? '' : `/${id}`}${text === '' ? '' : `?${text}`}`
}
