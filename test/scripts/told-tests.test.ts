import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'

const { failedTests, repeatedTests, slowestTests } = createRequire(import.meta.url)(
  '../../scripts/run/told-tests.cjs',
) as {
  slowestTests(reports: readonly (object | null)[], root: string, count?: number): string[]
  failedTests(reports: readonly (object | null)[], root: string): string[]
  repeatedTests(reports: readonly (object | null)[], root: string): string[]
}

const unit = {
  testResults: [
    {
      name: '/repo/test/one.test.ts',
      assertionResults: [
        { fullName: 'one is quick', duration: 500 },
        { fullName: 'one is slow', duration: 3000 },
        { fullName: 'one is skipped' },
      ],
    },
  ],
}
const browser = {
  config: { rootDir: '/repo/test/e2e' },
  suites: [
    {
      specs: [],
      suites: [
        {
          specs: [
            {
              title: 'shows a run',
              file: 'view.test.ts',
              tests: [{ results: [{ duration: 2000 }, { duration: 2100 }] }],
            },
          ],
        },
      ],
    },
  ],
}

describe('the slowest tests', () => {
  it('are those of both runners, with each try of a test', () => {
    expect(slowestTests([unit, browser], '/repo')).toEqual([
      '    4.1 s  test/e2e/view.test.ts: shows a run',
      '    3.0 s  test/one.test.ts: one is slow',
      '    0.5 s  test/one.test.ts: one is quick',
    ])
  })

  it('are as many as asked for, and none where no report was written', () => {
    expect(slowestTests([unit], '/repo', 1)).toHaveLength(1)
    expect(slowestTests([null, null], '/repo')).toEqual([])
  })
})

describe('the tests that failed', () => {
  it('are none where all passed', () => {
    expect(failedTests([unit, browser, null], '/repo')).toEqual([])
  })

  it('are named with the first lines of what went wrong, without colours', () => {
    const failing = {
      testResults: [
        {
          name: '/repo/test/one.test.ts',
          status: 'failed',
          assertionResults: [
            { fullName: 'one adds', status: 'passed', duration: 1 },
            {
              fullName: 'one divides',
              status: 'failed',
              duration: 1,
              failureMessages: ['\u001b[31mexpected 1\u001b[39m\n\nto be 2'],
            },
          ],
        },
        { name: '/repo/test/two.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      ],
    }
    const window = {
      config: { rootDir: '/repo/test/e2e' },
      suites: [
        {
          specs: [
            {
              title: 'shows a run',
              ok: false,
              file: 'view.test.ts',
              tests: [{ results: [{ duration: 2000, error: { message: 'timed out' } }] }],
            },
          ],
        },
      ],
    }
    expect(failedTests([failing, window], '/repo')).toEqual([
      'test/one.test.ts: one divides\n    expected 1\n    to be 2',
      'test/two.test.ts\n    no such module',
      'test/e2e/view.test.ts: shows a run\n    timed out',
    ])
  })
})

describe('the tests that passed only when they were repeated', () => {
  const tried = (status: string, failureMessages: string[]) => ({
    testResults: [
      {
        name: '/repo/test/one.test.ts',
        status,
        assertionResults: [{ fullName: 'one waits', status, duration: 1, failureMessages }],
      },
    ],
  })
  const shown = (ok: boolean, status: string, results: object[]) => ({
    config: { rootDir: '/repo/test/e2e' },
    suites: [{ specs: [{ title: 'shows a run', ok, file: 'view.test.ts', tests: [{ status, results }] }] }],
  })

  it('are named with what went wrong at first, and are not among those that failed', () => {
    const reports = [
      tried('passed', ['\u001b[31mexpected 1\u001b[39m\n\nto be 2']),
      shown(true, 'flaky', [{ duration: 1, error: { message: 'timed out' } }, { duration: 1 }]),
    ]
    expect(repeatedTests(reports, '/repo')).toEqual([
      'test/one.test.ts: one waits\n    expected 1\n    to be 2',
      'test/e2e/view.test.ts: shows a run\n    timed out',
    ])
    expect(failedTests(reports, '/repo')).toEqual([])
  })

  it('are none of those that passed at once, or failed each time', () => {
    const failure = { duration: 1, error: { message: 'timed out' } }
    const reports = [
      tried('passed', []),
      tried('failed', ['no', 'no']),
      shown(true, 'expected', [{ duration: 1 }]),
      shown(false, 'unexpected', [failure, failure]),
      null,
    ]
    expect(repeatedTests(reports, '/repo')).toEqual([])
    expect(failedTests(reports, '/repo')).toHaveLength(2)
  })
})
