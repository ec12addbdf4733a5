import { Command } from 'commander'
import { integer } from '../arguments'
import type { Start } from '../context'
import { withEngineOption } from '../machine/engine-option'
import { runQueueList, runQueueMove, runQueuePause, runQueueRemove, runQueueStart } from './queue'

const number = integer(1, 1e9)

export function queueCommand(start: Start): Command {
  const queue = new Command('queue')
    .description('list the trainings that wait; reorder, remove, or train them')
    .action(() => start(runQueueList))
    .exitOverride()
  queue
    .command('list')
    .description('list what waits, in its order, and what could not start')
    .action(() => start(runQueueList))
  queue
    .command('move')
    .description('move a training to another place of the queue')
    .argument('<number>', 'its number in the list', number)
    .argument('<place>', 'its new place, 1 is next', number)
    .action((id: number, to: number) => start((context) => runQueueMove(context, id, to)))
  queue
    .command('remove')
    .description('take a training out of the queue')
    .argument('<number>', 'its number in the list', number)
    .action((id: number) => start((context) => runQueueRemove(context, id)))
  withEngineOption(queue.command('start'))
    .description('train what waits, one after the other; a workbench that is open does it itself')
    .argument('[number]', 'begin with this one', number)
    .action((id: number | undefined) => start((context) => runQueueStart(context, id)))
  queue
    .command('pause')
    .description('let none begin until "bitw queue start"; a run that trains goes on')
    .action(() => start(runQueuePause))
  return queue
}
