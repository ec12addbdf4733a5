/** Addresses of screens: `#/datasets/3?q=class:Iris`. Pure. */
export const screens = [
  'datasets',
  'train',
  'runs',
  'queue',
  'mistakes',
  'ratings',
  'compare',
  'predict',
  'models',
  'engine',
  'settings',
] as const
export type Screen = (typeof screens)[number]

/** What each screen is called, in the rail and in the title of the window. */
export const screenNames: Readonly<Record<Screen, string>> = {
  datasets: 'Datasets',
  train: 'Train',
  runs: 'Runs',
  queue: 'Queue',
  mistakes: 'Mistakes',
  ratings: 'Ratings',
  compare: 'Compare',
  predict: 'Try it',
  models: 'Models',
  engine: 'Engine',
  settings: 'Settings',
}

/** Of what a screen's path names one, by number. */
const things: Partial<Record<Screen, string>> = {
  datasets: 'dataset',
  runs: 'run',
  queue: 'group',
  mistakes: 'run',
  ratings: 'rating',
}

export interface Route {
  readonly screen: Screen
  readonly id: number | null
  readonly query: Readonly<Record<string, string>>
  /** In a sentence, what the address asks for and cannot exist; null where it can. */
  readonly missing: string | null
}

/** No address at all leads to the datasets; one that makes no sense says what is missing. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [name = '', text, ...rest] = path.replace(/\/$/, '').split('/')
  const screen = screens.find((candidate) => candidate === name)
  const query = Object.fromEntries(new URLSearchParams(search))
  const nowhere = (missing: string | null): Route => ({
    screen: screen ?? 'datasets',
    id: null,
    query: {},
    missing,
  })
  if (name === '') return nowhere(null)
  if (screen === undefined) return nowhere(`There is no screen “${readable(name)}”`)
  if (text === undefined) return { screen, id: null, query, missing: null }
  if (screen === 'models') return nowhere(`There is no model “${readable([text, ...rest].join('/'))}”`)
  const thing = things[screen]
  if (thing === undefined || rest.length > 0) return nowhere(`There is no screen “${readable(path)}”`)
  if (!/^\d{1,15}$/.test(text)) return nowhere(`There is no ${thing} “${readable(text)}”`)
  return { screen, id: Number(text), query, missing: null }
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

/** As it was written, where it was encoded well. */
function readable(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone % is shown as it stands
  }
}
