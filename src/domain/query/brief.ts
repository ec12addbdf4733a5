/** A fault that repeats a value of any length: of a long one its ends. */
export function brief(message: string): string {
  return message.length <= 1000 ? message : `${message.slice(0, 600)} … ${message.slice(-300)}`
}
