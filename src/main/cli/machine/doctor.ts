/** `bitw doctor`: whether a home is sound, and what to do where it is not; a copy of it; a move. */
import { WorkbenchError } from '../../../contract/errors'
import { backUpHome, lookThrough, moveHome, repair, type ReadProgress } from '../../host/doctor'
import type { CliContext } from '../context'
import { pathArgument } from '../path-argument'
import { bytes, count, plural } from '../text/format'

export interface DoctorOptions {
  readonly repair?: boolean
  readonly backup?: string
  readonly move?: string
}

type Findings = Awaited<ReturnType<typeof lookThrough>>

/** Exit code 1 while something is damaged, or could not be read. */
export async function runDoctor(context: CliContext, options: DoctorOptions): Promise<number> {
  const asked = [options.repair === true, options.backup !== undefined, options.move !== undefined]
  if (asked.filter(Boolean).length > 1)
    throw new WorkbenchError('bad-input', 'One of --repair, --backup and --move can be done at a time.')
  if (options.backup !== undefined) return backUp(context, pathArgument(options.backup))
  if (options.move !== undefined) return move(context, pathArgument(options.move))
  return options.repair === true ? doRepair(context) : look(context)
}

async function look(context: CliContext): Promise<number> {
  const { homePath, output } = context
  const findings = await lookThrough(homePath, reading(context))
  output.record({ type: 'doctor', findings })
  output.print(findingsText(homePath, findings))
  const isSound = isHealthy(findings)
  if (!isSound) output.print('\n"bitw doctor --repair" puts right what can be.')
  return isSound ? 0 : 1
}

async function doRepair(context: CliContext): Promise<number> {
  const { homePath, output } = context
  const { findings, repaired, notes } = await repair(homePath, reading(context))
  output.record({ type: 'doctor', findings, repaired })
  const done = [
    ...notes,
    repaired.droppedCheckpoints > 0
      ? `Dropped ${plural(repaired.droppedCheckpoints, 'damaged checkpoint')}. A run that has one before it goes on from there, with the same result.`
      : '',
    withoutText(repaired.runsWithout),
    repaired.isRebuilt ? 'Wrote checkpoints.db anew from what is sound.' : '',
    repaired.droppedOrphans > 0 ? `Dropped ${plural(repaired.droppedOrphans, 'checkpoint')} of no run.` : '',
    repaired.givenBackBytes > 0 ? `Gave ${bytes(repaired.givenBackBytes)} back to the disk.` : '',
    ...repaired.database.map(
      (line) =>
        `Not repaired: ${line}. Restore a backup, or rescue what can be read: sqlite3 OLD-FILE .recover | sqlite3 NEW-FILE`,
    ),
  ].filter((line) => line !== '')
  output.print(
    `${findingsText(homePath, findings)}\n\n${done.length === 0 ? 'Nothing had to be repaired.' : done.join('\n')}`,
  )
  return repaired.database.length === 0 ? 0 : 1
}

async function backUp(context: CliContext, target: string): Promise<number> {
  const { homePath, output } = context
  const copied = await backUpHome(homePath, target, copying(context))
  output.record({ type: 'backup', path: target, ...copied })
  output.print(
    `Copied to ${target}, with ${plural(copied.checkpointCount, 'checkpoint')}; every one was compared with its hash.${leftOutText(copied.leftOut)}\nThe copy is a home: bitw --home ${target} …`,
  )
  return 0
}

async function move(context: CliContext, target: string): Promise<number> {
  const { homePath, output } = context
  const { datasets, ...copied } = await moveHome(homePath, target, copying(context))
  output.record({ type: 'move', path: target, ...copied, datasets })
  output.print(
    [
      `The home is at ${target} now, with ${plural(copied.checkpointCount, 'checkpoint')}; every one was compared with its hash.${leftOutText(copied.leftOut)}`,
      `Start with it: bitw --home ${target} …, or set BITW_HOME.`,
      `${homePath} was not changed. Delete it when you have seen that the new one works.`,
      ...(datasets.length === 0
        ? []
        : [
            '',
            'Images are not part of a home. These datasets look for theirs at:',
            ...datasets.map(
              ({ name, path, isThere }) => `  ${name}: ${path}${isThere ? '' : ' (not there now)'}`,
            ),
            'On a machine where they lie elsewhere: bitw datasets move DATASET FOLDER',
          ]),
    ].join('\n'),
  )
  return 0
}

function isHealthy({ database, damaged, unread, isFileWhole, orphanCount }: Findings): boolean {
  const isSound = database.length === 0 && damaged.length === 0 && unread.length === 0
  return isSound && isFileWhole === true && orphanCount !== null
}

function findingsText(homePath: string, findings: Findings): string {
  const { database, soundCount, damaged, unread, isFileWhole, orphanCount } = findings
  const named = ({ runName, stepIndex, reason }: Findings['damaged'][number]): string =>
    `  ${runName}, step ${count(stepIndex)}: ${reason}`
  const lines = [
    `Home: ${homePath}`,
    database.length === 0 ? 'The database is sound.' : `The database is damaged: ${database.join('; ')}.`,
    damaged.length === 0
      ? `${plural(soundCount, 'checkpoint')}, each as it was saved.`
      : `${plural(soundCount, 'checkpoint')} sound, ${count(damaged.length)} damaged:`,
    ...damaged.map(named),
    unread.length === 0
      ? ''
      : `${plural(unread.length, 'checkpoint')} could not be read now. They may be whole and stay; check the disk, then look again:`,
    ...unread.map(named),
    isFileWhole === false ? 'The file of the checkpoints is damaged.' : '',
    orphanCount === null || orphanCount === 0
      ? ''
      : `${plural(orphanCount, 'checkpoint')} of no run; the next start drops them.`,
  ]
  return lines.filter((line) => line !== '').join('\n')
}

const mostNamed = 10

function withoutText(names: readonly string[]): string {
  if (names.length === 0) return ''
  const shown = names.slice(0, mostNamed).map((name) => `"${name}"`)
  const more = names.length > shown.length ? ` and ${count(names.length - shown.length)} more` : ''
  return `No checkpoint is left of ${shown.join(', ')}${more}. What was interrupted starts from step 0 with "bitw resume"; "bitw again" trains what was done once more.`
}

function leftOutText(leftOut: number): string {
  return leftOut === 0
    ? ''
    : ` ${plural(leftOut, 'checkpoint')} left out: ${leftOut === 1 ? 'it is damaged or cannot' : 'they are damaged or cannot'} be read.`
}

/** One line that is written over, on a terminal. */
function reading({ output }: CliContext): ReadProgress {
  return (done, total) => output.progress.show(`Reading checkpoints: ${bytes(done)} of ${bytes(total)}`)
}

function copying({ output }: CliContext) {
  return (what: 'database' | 'checkpoints', done: number, total: number): void =>
    output.progress.show(
      what === 'database'
        ? `Copying the database: ${count(done)} of ${count(total)} pages`
        : `Copying checkpoints: ${count(done)} of ${count(total)}`,
    )
}
