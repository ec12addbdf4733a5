/** "runs": the history, and what is said of runs. */
import { Command } from 'commander'
import type { RunMarks } from '../../../contract/entities/run-list'
import type { Start } from '../context'
import {
  runAsCommand,
  runMark,
  runRename,
  runRestore,
  runTrash,
  runTrashState,
  type ChosenOptions,
} from './run-marks'
import { runRuns, runShowRun } from './runs'

export function runsCommand(start: Start): Command {
  const runs = new Command('runs')
    .description('list the runs, or those that a query finds, or show one with its whole recipe')
    .argument('[run or query...]', `name or number of one; or a query, such as 'state:done accuracy>90%'`)
    .option('--count', 'print only how many there are')
    .action((words: string[], options: { count?: boolean }) =>
      start((context) => runRuns(context, words.join(' '), options)),
    )
    .exitOverride()
  runs
    .command('show')
    .description('show one run with its whole recipe, its tags and its note')
    .argument('<run>', 'name or number')
    .option('--as-command', 'print only the command that trains it again, and what differs in its data')
    .action((wanted: string, { asCommand }: { asCommand?: boolean }) =>
      start((context) => (asCommand === true ? runAsCommand(context, wanted) : runShowRun(context, wanted))),
    )
  const marking = (name: string, description: string, said: string, marks: RunMarks): void => {
    several(runs, name, description).action((wanted: string[], options: ChosenOptions) =>
      start((context) => runMark(context, wanted, options, marks, said)),
    )
  }
  marking('star', 'mark runs with a star', 'Starred', { starred: true })
  marking('unstar', 'take the star away', 'Without a star', { starred: false })
  marking('archive', 'put runs into the archive: lists leave them out', 'Archived', { archived: true })
  marking('unarchive', 'take runs out of the archive', 'Out of the archive', { archived: false })
  for (const name of ['tag', 'untag'] as const) {
    runs
      .command(name)
      .description(name === 'tag' ? 'give runs a tag' : 'take a tag from runs')
      .argument('<tag>', 'the tag')
      .argument('[run...]', 'names or numbers')
      .option('--query <query>', 'instead of names: all runs that the query finds (docs/query.md)')
      .action((tag: string, wanted: string[], options: ChosenOptions) =>
        start((context) =>
          runMark(
            context,
            wanted,
            options,
            name === 'tag' ? { addTags: [tag] } : { removeTags: [tag] },
            name === 'tag' ? 'Tagged' : 'Untagged',
          ),
        ),
      )
  }
  runs
    .command('note')
    .description('give a run a note in Markdown, in place of the one before')
    .argument('<run>', 'name or number')
    .argument('<text>', 'the note; "" takes it away')
    .action((wanted: string, note: string) =>
      start((context) => runMark(context, [wanted], {}, { note }, 'Noted')),
    )
  runs
    .command('rename')
    .description('give a run another name')
    .argument('<run>', 'name or number')
    .argument('<name>', 'the new name')
    .action((wanted: string, name: string) => start((context) => runRename(context, wanted, name)))
  several(runs, 'delete', 'delete runs: for 30 days they can be restored')
    .option('--now', 'delete them for good at once')
    .option('--force', 'also one that is the model in use')
    .action((wanted: string[], options: ChosenOptions & { now?: boolean; force?: boolean }) =>
      start((context) => runTrash(context, wanted, options)),
    )
  several(runs, 'restore', 'bring deleted runs back').action((wanted: string[], options: ChosenOptions) =>
    start((context) => runRestore(context, wanted, options)),
  )
  runs
    .command('trash')
    .description('say what deleted runs take up')
    .option('--empty', 'delete them for good')
    .action((options: { empty?: boolean }) => start((context) => runTrashState(context, options)))
  return runs
}

function several(runs: Command, name: string, description: string): Command {
  return runs
    .command(name)
    .description(description)
    .argument('[run...]', 'names or numbers')
    .option('--query <query>', 'instead of names: all runs that the query finds (docs/query.md)')
}
