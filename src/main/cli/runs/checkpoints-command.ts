import { Command } from 'commander'
import { decimal, integer } from '../arguments'
import {
  runCheckpointBudget,
  runCheckpoints,
  runDeleteCheckpoint,
  runGiveBack,
  runPinCheckpoint,
  runVerifyCheckpoints,
  type BudgetOptions,
} from './checkpoints'
import type { Start } from '../context'

const stepHelp = 'the step, "last", or "best"'

export function checkpointsCommand(start: Start): Command {
  const checkpoints = new Command('checkpoints')
    .description('list the checkpoints of a run; without one, what all of them take')
    .argument('[run]', 'name or number')
    .action((wanted: string | undefined) => start((context) => runCheckpoints(context, wanted)))
    .addHelpText(
      'after',
      '\nRUN@best and RUN@STEP are models: "bitw predict RUN@best …", "bitw export RUN@400 …".',
    )
    .exitOverride()
  checkpoints
    .command('verify')
    .description('read checkpoints and compare their hashes; exit code 1 where one is damaged')
    .argument('[run]', 'name or number (default: all runs)')
    .argument('[step]', stepHelp)
    .action((wanted: string | undefined, step: string | undefined) =>
      start((context) => runVerifyCheckpoints(context, wanted, step)),
    )
  checkpoints
    .command('pin')
    .description('keep a checkpoint until it is unpinned')
    .argument('<run>', 'name or number')
    .argument('<step>', stepHelp)
    .action((wanted: string, step: string) =>
      start((context) => runPinCheckpoint(context, wanted, step, true)),
    )
  checkpoints
    .command('unpin')
    .description('keep a checkpoint only as the rule says')
    .argument('<run>', 'name or number')
    .argument('<step>', stepHelp)
    .action((wanted: string, step: string) =>
      start((context) => runPinCheckpoint(context, wanted, step, false)),
    )
  checkpoints
    .command('delete')
    .description('delete a checkpoint and give its space back')
    .argument('<run>', 'name or number')
    .argument('<step>', stepHelp)
    .action((wanted: string, step: string) => start((context) => runDeleteCheckpoint(context, wanted, step)))
  checkpoints
    .command('budget')
    .description(
      'set what all checkpoints may take; what is beyond it is deleted, never the last, best, pinned or used ones',
    )
    .argument('[gigabytes]', 'without it: 20 GB, but at most a quarter of the disk', decimal(0, 1e6))
    .option('--every <steps>', 'also keep those of every so many steps; 0: none for that', integer(0, 1e9))
    .action((gigabytes: number | undefined, options: BudgetOptions) =>
      start((context) => runCheckpointBudget(context, gigabytes, options)),
    )
  checkpoints
    .command('give-back')
    .description('give the space of deleted checkpoints back to the disk')
    .action(() => start(runGiveBack))
  return checkpoints
}
