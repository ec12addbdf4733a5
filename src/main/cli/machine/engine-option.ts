import { Option, type Command } from 'commander'
import { engineNames } from '../../protocol/engine-wanted'

/** Gives a command `--engine`, which says for this process what BITW_ENGINE says for all. */
export function withEngineOption(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--engine <engine>',
        'engine to train with (default: $BITW_ENGINE, or the fastest safe engine)',
      ).choices(engineNames),
    )
    .hook('preAction', (_, action) => {
      const { engine } = action.opts<{ engine?: string }>()
      if (engine !== undefined) process.env['BITW_ENGINE'] = engine
    })
}
