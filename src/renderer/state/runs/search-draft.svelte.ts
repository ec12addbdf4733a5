/** What is set for a search: it stays while someone looks at another screen, until it is started or cancelled. */
import type { Sweep } from '../../../contract/entities/queue'

class SearchDraft {
  kind = $state<Sweep['kind']>('random')
  count = $state(20)
  seed = $state(0)
  asha = $state(false)
  /** What is typed beside each setting: values, separated by commas. */
  typed = $state.raw<Readonly<Record<string, string>>>({})

  clear(): void {
    this.kind = 'random'
    this.count = 20
    this.seed = 0
    this.asha = false
    this.typed = {}
  }
}

export const draft = new SearchDraft()
