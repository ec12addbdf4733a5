import { Command } from 'commander'
import { integer } from '../arguments'
import type { Start } from '../context'
import { runServiceInstall, runServiceLink, runServiceRemove, runServiceStatus } from './service'

/** Of no other program that is known; above those that need rights. */
const servicePort = 47_860

export function serviceCommand(start: Start): Command {
  const service = new Command('service')
    .description(
      'let the workbench run in the background of your account, so that training goes on without a window',
    )
    .action(() => start(runServiceStatus))
    .exitOverride()
  service
    .command('install')
    .description('begin it now and at each login (systemd on Linux, launchd on macOS)')
    .option('--port <number>', 'of the interface on 127.0.0.1', integer(1, 65_535), servicePort)
    .option('--only-write', 'write the file and begin nothing')
    .action(({ port, onlyWrite }: { port: number; onlyWrite?: true }) =>
      start((context) => runServiceInstall(context, { port, onlyWrite: onlyWrite === true })),
    )
  service
    .command('remove')
    .description('end it, and do not begin it again')
    .action(() => start(runServiceRemove))
  service
    .command('status')
    .description('say whether it is installed, and whether it answers')
    .action(() => start(runServiceStatus))
  service
    .command('link')
    .description('print a link that opens the interface in the browser, once')
    .action(() => start(runServiceLink))
  return service
}
