/** Vitest's runner, but a test whose file starts processes is tried a second time when it fails; the end of `npm test` names those that passed then. */
import { readFileSync } from 'node:fs'
import { TestRunner } from 'vitest'
import { startsProcesses } from './starts-processes'

export default class RepeatingRunner extends TestRunner {
  override onCollectStart(file: Parameters<TestRunner['onCollectStart']>[0]): void {
    super.onCollectStart(file)
    this.config.retry = startsProcesses(readFileSync(file.filepath, 'utf8')) ? 1 : 0
  }
}
