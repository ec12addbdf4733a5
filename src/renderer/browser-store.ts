/**
 * What the browser keeps for this page. One that keeps nothing, because its user forbids it or its disk is full, is as one that forgot: what is chosen
 * holds until the page closes.
 */
type BrowserStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** For every page of the workbench, over restarts of the browser. */
export const lastingStore: BrowserStore = forgiving(() => localStorage)

/** For this window or tab alone, over a reload. */
export const tabStore: BrowserStore = forgiving(() => sessionStorage)

/** Reading the property throws where storage is forbidden; writing throws where there is no room. */
function forgiving(storage: () => Storage): BrowserStore {
  const attempt = <T>(work: (store: Storage) => T, otherwise: T): T => {
    try {
      return work(storage())
    } catch {
      return otherwise
    }
  }
  return {
    getItem: (key) => attempt((store) => store.getItem(key), null),
    setItem: (key, value) => attempt((store) => store.setItem(key, value), undefined),
    removeItem: (key) => attempt((store) => store.removeItem(key), undefined),
  }
}

/** What was kept as JSON; null where nothing was, or what is there is not whole, or not of this program. */
export function keptJson(store: Pick<BrowserStore, 'getItem'>, key: string): unknown {
  try {
    return JSON.parse(store.getItem(key) ?? 'null')
  } catch {
    return null
  }
}
