/** The provisioning with a real pip and a real interpreter, from a wheel made here: no network. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { counts, fetchWheel, keptLog } from './setup-modules'

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0
const wheelName = 'bitw_probe-1.0-py3-none-any.whl'

let folder: string
let environment: NodeJS.ProcessEnv
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-provision-'))
  environment = { ...process.env }
})
afterEach(() => {
  process.env = environment
  rmSync(folder, { recursive: true, force: true })
})

/** A wheel in an index of its own, and where pip looks for it. */
function makeWheel(): string {
  const index = join(folder, 'index')
  mkdirSync(index)
  const program = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('probe/lib/libprobe.so', 'library')
    wheel.writestr('probe/other.txt', 'not wanted')
    wheel.writestr('bitw_probe-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: bitw-probe\\nVersion: 1.0\\n')
    wheel.writestr('bitw_probe-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr('bitw_probe-1.0.dist-info/RECORD', '')
`
  execFileSync('python3', ['-c', program, join(index, wheelName)])
  process.env['PIP_NO_INDEX'] = '1'
  process.env['PIP_FIND_LINKS'] = index
  return createHash('sha256')
    .update(readFileSync(join(index, wheelName)))
    .digest('hex')
}

describe.skipIf(!hasPip)('fetching a wheel', () => {
  const fetch = (sha256: string): Promise<void> => {
    mkdirSync(join(folder, 'work'), { recursive: true })
    return fetchWheel(
      { name: 'bitw-probe', version: '1.0', file: wheelName, sha256 },
      ['probe/lib/'],
      join(folder, 'work'),
      join(folder, 'target'),
      keptLog(),
    )
  }

  it('unpacks the wanted members and deletes the wheel', async () => {
    await fetch(makeWheel())
    expect(readFileSync(join(folder, 'target', 'probe', 'lib', 'libprobe.so'), 'utf8')).toBe('library')
    expect(readdirSync(join(folder, 'target', 'probe'))).toEqual(['lib'])
    expect(readdirSync(join(folder, 'work'))).toEqual([])
  })

  it('refuses another file than the pinned one, and unpacks nothing', async () => {
    makeWheel()
    await expect(fetch('0'.repeat(64))).rejects.toThrow(/not the file that was asked for/)
    expect(existsSync(join(folder, 'target'))).toBe(false)
  })

  it('says which package could not be had, and what to do', async () => {
    makeWheel()
    process.env['PIP_FIND_LINKS'] = join(folder, 'work')
    await expect(fetch('0'.repeat(64))).rejects.toMatchObject({
      message: expect.stringContaining('pip could not fetch bitw-probe 1.0') as string,
      wayOut: expect.stringContaining('npm run setup') as string,
    })
  })
})

describe('the commands', () => {
  it.each([
    ['scripts/run.cjs', 'dance'],
    ['scripts/setup.cjs', '--fast'],
    ['scripts/setup.cjs', '--sanitize', 'memory'],
  ])('%s refuses %s with usage and status 2', (script, ...words) => {
    const { status, stderr } = spawnSync(process.execPath, [resolve(script), ...words], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toMatch(/usage/i)
  })
})

describe('the last line of npm test', () => {
  const vitest = {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    testResults: [],
  }

  it('sums both runners', () => {
    const playwright = { stats: { expected: 2, unexpected: 1, flaky: 1, skipped: 0 } }
    const sum = counts.addCounts([counts.unitCounts(vitest, 0), counts.browserCounts(playwright, 1)])
    expect(counts.finalLine(sum)).toBe('8 passed, 1 failed, 1 skipped')
    expect(counts.finalLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed')
  })

  it('counts a test file that could not be loaded as a failure', () => {
    const unloaded = { ...vitest, testResults: [{ status: 'failed', assertionResults: [] }] }
    expect(counts.unitCounts(unloaded, 1).failed).toBe(1)
  })

  it('never says that all passed where a runner failed or left no report', () => {
    expect(counts.unitCounts(vitest, 1).failed).toBe(1)
    expect(counts.browserCounts(null, 1).failed).toBe(1)
    expect(counts.unitCounts(null, 0).failed).toBe(1)
  })
})
