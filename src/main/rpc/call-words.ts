/** What the contract says of each call: the comments above the calls of src/contract/calls, which the build takes along as text. */
const sources = import.meta.glob('../../contract/calls/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** By name; a call without a comment is not in it. */
export function callWords(): ReadonlyMap<string, string> {
  const words = new Map<string, string>()
  for (const source of Object.values(sources)) {
    for (const [, comment = '', name = ''] of source.matchAll(commented)) {
      words.set(name, plain(comment))
    }
  }
  return words
}

/** A comment that ends on the line before a call's name. */
const commented = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*\n\s*'([a-zA-Z]+\.[a-zA-Z]+)': \{/g

function plain(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .filter((line) => line !== '')
    .join(' ')
    .trim()
}
