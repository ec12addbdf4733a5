export type InOrder = <T>(key: number, work: () => Promise<T>) => Promise<T>

/** Does what is asked for under one key one after the other, in the order in which it is asked: each finds what the one before it left. */
export function inOrder(): InOrder {
  const last = new Map<number, Promise<unknown>>()
  return async (key, work) => {
    // How the one before ended is for its own caller.
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, mine)
    try {
      return await mine
    } finally {
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
