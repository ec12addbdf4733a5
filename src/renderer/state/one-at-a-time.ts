/** For questions that follow events which may come faster than the answers: asked again once the last is answered, however often that was wanted. */
export function oneAtATime(ask: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let isWanted = false
  const run = async (): Promise<void> => {
    do {
      isWanted = false
      await ask()
    } while (isWanted)
    running = null
  }
  return () => {
    if (running !== null) isWanted = true
    return (running ??= run())
  }
}
