import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readQuery } from '../../../src/domain/query/bind'
import { subjects } from '../../../src/domain/query/field'
import { fieldsOf } from '../../../src/domain/query/fields'
import { parseQuery } from '../../../src/domain/query/parse'
import { printQuery } from '../../../src/domain/query/print'

const text = readFileSync(new URL('../../../docs/query.md', import.meta.url), 'utf8')
const vocabulary = { classNames: ['Colts Foot', 'Crocus', 'Iris'] }

describe('docs/query.md', () => {
  for (const subject of subjects) {
    const [, block = ''] = new RegExp(`\`\`\`query ${subject}\n([^\`]*)\`\`\``).exec(text) ?? []
    const examples = block.trim().split('\n')

    it.each(examples)(`has an example of ${subject} that means what it says: %s`, (example) => {
      const { faults, query } = readQuery(example, subject, vocabulary)
      // The one that the page says is not understood.
      const isWrong = example.endsWith('sort:name') && subject === 'images'
      expect(faults.map(({ message }) => message)).toEqual(
        isWrong ? [expect.stringContaining('Nothing can be ordered by name')] : [],
      )
      expect(printQuery(parseQuery(printQuery(query)).query)).toBe(printQuery(query))
    })

    it(`lists the fields of ${subject}`, () => {
      const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ')
      const rows = fieldsOf(subject).map(({ name, aliases, type, help, example, unit }) => {
        const values = type.kind === 'choice' ? ` Values: ${code(Object.keys(type.choices))}.` : ''
        return `| ${code([name, ...aliases])}${unit === '' ? '' : ` (${unit})`} | ${help}${values} | \`${example}\` |`
      })
      expect(text).toContain(
        ['| field | finds | example |', '|---|---|---|', ...rows, '<!-- end -->'].join('\n'),
      )
    })
  }

  it('reads every word of its table', () => {
    const written = text
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word))
    expect(written.length).toBeGreaterThan(20)
    for (const word of written) expect([word, parseQuery(word).faults]).toEqual([word, []])
  })
})
