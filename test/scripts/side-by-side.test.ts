import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface End {
  readonly name: string
  readonly status: number
  readonly output: string
}
const { sideBySide } = createRequire(import.meta.url)('../../scripts/run/side-by-side.cjs') as {
  sideBySide(
    programs: readonly { name: string; program: string; parameters: string[] }[],
    options: { cwd: string; env: NodeJS.ProcessEnv; width: number },
    onEnd: (end: End) => void,
  ): Promise<string[]>
}

const script = (name: string, text: string, program = process.execPath) => ({
  name,
  program,
  parameters: ['-e', text],
})
const atOnce = (width: number) => ({ cwd: process.cwd(), env: process.env, width })

describe('programs side by side', () => {
  it('give their whole output and their status each, and the failed ones are named in their order', async () => {
    const ends: End[] = []
    const failed = await sideBySide(
      [
        script('wrong', "console.log('one'); console.error('two'); process.exitCode = 3"),
        script('right', "console.log('three')"),
        script('killed', "process.kill(process.pid, 'SIGKILL')"),
        script('missing', '', '/no/such/program'),
      ],
      atOnce(2),
      (end) => ends.push(end),
    )
    expect(failed).toEqual(['wrong', 'killed', 'missing'])
    const of = (name: string) => ends.find((end) => end.name === name)
    expect(of('wrong')?.status).toBe(3)
    expect(of('wrong')?.output.split('\n').sort()).toEqual(['', 'one', 'two'])
    expect(of('right')).toMatchObject({ status: 0, output: 'three\n' })
    expect(of('missing')?.output).toContain('/no/such/program')
  })

  it('are as many at a time as asked for, and no more', async () => {
    // Each waits until the other has come, which only two at once can.
    const folder = mkdtempSync(join(tmpdir(), 'bitw-side-'))
    const meets = (own: string, other: string) =>
      script(
        own,
        `const fs = require('node:fs'); fs.writeFileSync('${folder}/${own}', '')
         const look = setInterval(() => fs.existsSync('${folder}/${other}') && clearInterval(look), 5)`,
      )
    expect(await sideBySide([meets('a', 'b'), meets('b', 'a')], atOnce(2), () => undefined)).toEqual([])
    rmSync(folder, { recursive: true })

    const order: string[] = []
    await sideBySide([script('slow', 'setTimeout(() => {}, 200)'), script('quick', '')], atOnce(1), (end) =>
      order.push(end.name),
    )
    expect(order).toEqual(['slow', 'quick'])
  })
})
