import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { startsProcesses } from './starts-processes'

it('a test of a file that starts processes is tried twice', ({ task }) => {
  expect(execFileSync(process.execPath, ['-p', '1 + 1'], { encoding: 'utf8' })).toBe('2\n')
  expect(task.retry).toBe(1)
})

it.each([
  ["import { spawn } from 'node:child_process'", true],
  ["import { openTestCore } from '../support/test-core'", true],
  ["import { buildTrainer } from '../../support/build-trainer'", true],
  ["import { runCli } from './run-cli'", true],
  ["import { open } from 'node:fs/promises'", false],
  ["import { tinyJob } from '../support/tiny-job'", false],
])('whether it does is seen from its imports: %s', (source, does) => {
  expect(startsProcesses(source)).toBe(does)
})
