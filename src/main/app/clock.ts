/** Milliseconds since 1970. A parameter wherever time is recorded, so that a test can give its own. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
