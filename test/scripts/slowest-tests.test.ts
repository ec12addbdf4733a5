import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'

const { slowestTests } = createRequire(import.meta.url)('../../scripts/run/slowest-tests.cjs') as {
  slowestTests(reports: readonly (object | null)[], root: string, count?: number): string[]
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
