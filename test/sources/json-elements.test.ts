import { describe, expect, it } from 'vitest'
import { jsonElements } from '../../src/main/sources/boxes/json-elements'
import fc from '../support/properties'

async function elementsOf(text: string | Buffer, pieceBytes = 7): Promise<unknown> {
  const bytes = Buffer.from(text)
  function* pieces(): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const found = new Map<string, unknown[]>()
  for await (const { key, value } of jsonElements(pieces()))
    found.set(key, [...(found.get(key) ?? []), value])
  return Object.fromEntries(found)
}

describe('the elements of the arrays in a JSON object', () => {
  it('are those that JSON.parse has, however the text is cut into pieces', async () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' })
    const arrays = fc.dictionary(name, fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1 }), {
      noNullPrototype: true,
    })
    await fc.assert(
      fc.asyncProperty(
        arrays,
        fc.jsonValue({ maxDepth: 2 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 2),
        async (wanted, other, size, indent) => {
          const whole = { ...wanted, ' other': Array.isArray(other) ? null : other, '\u0000empty': [] }
          expect(await elementsOf(JSON.stringify(whole, null, indent), size)).toEqual(
            JSON.parse(JSON.stringify(wanted)),
          )
        },
      ),
      { numRuns: 300 },
    )
  })

  it('come with an object that is asked for, wherever it is', async () => {
    const text = '{"info": {"by": {"a": "]}"}}, "a": [1], "b": {"c": 2}}'
    for (const size of [1, 3, 100]) {
      const found: unknown[] = []
      const pieces = text.match(new RegExp(`.{1,${String(size)}}`, 'g')) ?? []
      for await (const element of jsonElements(
        pieces.map((piece) => Buffer.from(piece)),
        'info',
      ))
        found.push(element)
      expect(found).toEqual([
        { key: 'info', value: { by: { a: ']}' } } },
        { key: 'a', value: 1 },
      ])
    }
  })

  it('may follow a byte-order mark', async () => {
    expect(await elementsOf('\ufeff{"a": [1, "]", {"b": [2]}]}')).toEqual({ a: [1, ']', { b: [2] }] })
  })

  it.each([
    ['', 'it is cut off'],
    ['{"a": [1, 2', 'it is cut off'],
    ['[1]', 'it does not begin with an object'],
    ['{"a": [1, x]}', 'it is not valid JSON near byte 10'],
    ['{"a": [1, , 2]}', 'a value is missing at byte 10'],
    ['{"a": [1]} 2', 'something follows its end at byte 11'],
    ['\ufeffx', 'it does not begin with an object'],
  ])('are refused where there is no JSON: %j', async (text, message) => {
    await expect(elementsOf(text)).rejects.toThrow(message)
  })
})
