import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { table } from '../../../src/main/cli/text/format'
import { createOutput } from '../../../src/main/cli/text/output'
import { createProgress } from '../../../src/main/cli/text/progress'

/** A class that clears the screen, turns what follows, and begins a line of its own. */
const hostile = 'cat\u001b[2J\u202egpj\nerror: forged\u009b'
const shown = 'cat<U+001B>[2J<U+202E>gpj<U+000A>error: forged<U+009B>'

function streams() {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  return { stdout, stderr, text: () => [stdout, stderr].map((stream) => String(stream.read() ?? '')) }
}

describe('a name with control characters', () => {
  it('is written as numbers in a table, and takes the room that it then has', () => {
    expect(
      table([
        [hostile, '1'],
        ['dog', '2'],
      ]),
    ).toBe(`${shown}  1\n${'dog'.padEnd(shown.length)}  2`)
  })

  it('moves nothing on a terminal, whatever writes it', () => {
    const { stdout, stderr, text } = streams()
    const output = createOutput(false, { stdout, stderr })
    output.print(hostile)
    output.note(hostile)
    output.error({ code: 'bad-input', message: hostile, wayOut: hostile })
    const [out = '', err = ''] = text()
    expect(out + err).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/u)
    expect(err).toContain('error: cat<U+001B>[2J<U+202E>gpj\n  error: forged')
  })

  it('stays on its one line in the progress', () => {
    const { stderr, text } = streams()
    createProgress(stderr).show(hostile)
    expect(text()[1]).toBe(`${shown}\n`)
  })

  it('is the same in JSON, written so that nothing turns', () => {
    const { stdout, stderr, text } = streams()
    createOutput(true, { stdout, stderr }).record({ type: 'class', name: hostile })
    const [line = ''] = text()
    expect(JSON.parse(line)).toEqual({ type: 'class', name: hostile })
    expect(line).not.toMatch(/[\u009b\u202e]/)
  })
})
