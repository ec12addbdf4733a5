import { parseRoute, type Route, type Screen } from './routes'

class Router implements Route {
  private current: Route = $state.raw(parseRoute(location.hash))

  constructor() {
    window.addEventListener('hashchange', () => (this.current = parseRoute(location.hash)))
  }
  get screen(): Screen {
    return this.current.screen
  }
  get id(): number | null {
    return this.current.id
  }
  get missing(): string | null {
    return this.current.missing
  }
  get query(): Readonly<Record<string, string>> {
    return this.current.query
  }
  /** Takes a hash before the browser's own event does, so that nothing is drawn twice. */
  take(hash: string): void {
    this.current = parseRoute(hash)
  }
}

/** Where the window is. Read `route.screen`, `route.id`, `route.query` in markup or in $derived. */
export const route = new Router()

/** Goes to an address of `hrefTo`. `replace` leaves no step back, for filters that change at every key. */
export function go(hash: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', hash)
  else history.pushState(null, '', hash)
  route.take(hash)
}
