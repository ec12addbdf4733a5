/** `bitw check`: what is wrong with a dataset before a training. */
import type { Finding, FoundGroup, Preflight } from '../../../contract/entities/preflight'
import type { Core } from '../../host/compose'
import type { CliContext } from '../context'
import { findDataset } from './find'
import { followToEnd } from '../follow-task'
import { count, plural, table } from '../text/format'
import { withAnyCore } from '../machine/open'

/** Groups that are written out; the rest is counted. With --json all are. */
const shownGroups = 10
const pageSize = 500

/** Exit code 1 while images are in more than one part, unless that was ignored. */
export function runCheck(context: CliContext, wanted: string, labels: boolean): Promise<number> {
  return withAnyCore(context, 'check', async (core) => {
    const { id, name } = await findDataset(core.call, wanted)
    const { taskId } = await core.call('preflight.start', { datasetId: id, labels })
    await followToEnd(context, core, taskId)
    const preflight = await core.call('preflight.findings', { datasetId: id })
    const { output } = context
    output.record({ type: 'preflight', preflight })
    output.print(`${headText(name, preflight)}\n`)
    for (const finding of preflight.findings) await printFinding(context, core, id, finding)
    const isLeaking = preflight.findings.some(({ kind, groupCount }) => kind === 'leak' && groupCount > 0)
    if (isLeaking) output.print('There are leaks between the parts.')
    return isLeaking ? 1 : 0
  })
}

async function printFinding(
  { output }: CliContext,
  core: Pick<Core, 'call'>,
  datasetId: number,
  finding: Finding,
): Promise<void> {
  const { kind, title, sentence, advice, groupCount, subject, classes, ignored } = finding
  if (groupCount === 0) {
    output.print(`${title}: ignored (${ignored?.reason ?? ''}).\n`)
    return
  }
  const groups: FoundGroup[] = []
  const wanted = output.json ? groupCount : Math.min(groupCount, shownGroups)
  while (subject !== 'classes' && groups.length < wanted) {
    const limit = Math.min(pageSize, wanted - groups.length)
    const page = await core.call('preflight.images', { datasetId, kind, offset: groups.length, limit })
    if (page.groups.length === 0) break
    for (const group of page.groups) output.record({ type: 'finding-group', kind, group })
    groups.push(...page.groups)
  }
  const rows =
    subject === 'classes'
      ? classes.slice(0, shownGroups).map(({ name, note }) => ['', name, note])
      : groups.flatMap(({ images, note }, index) =>
          images.map(({ path, className, part }, place) => [
            subject === 'groups' ? (place === 0 ? String(index + 1) : '') : '',
            path,
            part,
            className,
            note,
          ]),
        )
  const more =
    groupCount > shownGroups ? `\n  … and ${count(groupCount - shownGroups)} more (all with --json)` : ''
  output.print(`${title}: ${sentence}\n  ${advice}\n${indented(table(rows, [0]))}${more}\n`)
}

function headText(name: string, { imageCount, check, findings }: Preflight): string {
  const open = findings.filter(({ groupCount }) => groupCount > 0).length
  const unread =
    check !== null && check.unreadCount > 0 ? ` ${count(check.unreadCount)} could not be read.` : ''
  const found = open === 0 ? 'nothing was found' : plural(open, 'finding')
  return `"${name}": ${plural(imageCount, 'image was', 'images were')} checked, ${found}.${unread}`
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ')
}
