/** What killed processes left: removed at the start of the next core. Downloads that are not whole stay, since they go on where they stopped. */
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { sweepNamed, sweepRecorded } from '../files/temporary'
import { writeTestName } from '../store/home/home'
import type { HomePaths } from './paths'

/** How the folder of a prediction beside another core begins, in the system's folder for temporary files. */
export const predictFolderName = 'bitw-predict-'

/** Only who holds the home may call it: the scratch folder is one core's. Returns a sentence about each work that a killed process did not end. */
export function sweepAfterKills({ homePath, scratchPath, unfinishedPath }: HomePaths): string[] {
  rmSync(scratchPath, { recursive: true, force: true })
  const works = unfinishedPath === null ? [] : sweepRecorded(unfinishedPath)
  sweepNamed(homePath, writeTestName)
  sweepNamed(tmpdir(), predictFolderName)
  return works.map(
    (work) => `The workbench ended during "${work}". Start that again where you still need it.`,
  )
}
