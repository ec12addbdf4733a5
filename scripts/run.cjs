'use strict'
/** The commands of package.json: the set-up, then the command with the provisioned Node. */
const { setUpOrExit } = require('./setup.cjs')
const { root } = require('./setup/folders.cjs')

const commands = {
  demo: { run: (context) => context.bitw(['demo', ...context.words]) },
  start: { window: hasDisplay(), run: (context) => require('./run/start.cjs').start(context) },
  bench: { run: (context) => context.node(['bench/run.mjs', ...context.words]) },
  build: { run: () => 0 }, // the set-up has built
  check: { built: false, run: (context) => require('./run/check.cjs').check(context) },
  format: {
    built: false,
    run: (context) =>
      context.node([
        'node_modules/prettier/bin/prettier.cjs',
        // Without it, Prettier would throw away what the check keeps.
        ...['--write', '--cache', '--cache-strategy', 'content', '--log-level', 'warn', '.'],
      ]),
  },
  dev: { built: false, run: (context) => require('./run/dev.cjs').dev(context) },
  'dev:electron': {
    built: false,
    window: true,
    run: (context) => require('./run/dev.cjs').devElectron(context),
  },
  'test:watch': { built: false, run: (context) => require('./run/test.cjs').watch(context) },
  test: { test: true, run: (context) => require('./run/test.cjs').test(context) },
}

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

async function main() {
  const [asked, ...words] = process.argv.slice(2)
  const withWindow = asked === 'dev' && words[0] === '--electron'
  const name = withWindow ? 'dev:electron' : asked
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
  if (command === undefined) {
    console.error(`Usage: node scripts/run.cjs ${Object.keys(commands).join('|')} [...]`)
    process.exit(2)
  }
  const setup = await setUpOrExit({ test: command.test, window: command.window, built: command.built })
  const { openContext } = require('./run/context.cjs')
  process.exitCode = await command.run(openContext(root, setup, withWindow ? words.slice(1) : words))
}

void main()
