/**
 * The interface from Vite's server, which puts a changed component into the open page, and the core (in Electron: the window and the core) built
 * anew and started again when its sources change. Into out/dev: out/ stays what the last build made.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { resolveConfig } from 'electron-vite'
import { build, createServer } from 'vite'
import { Restarted } from './restarted.mjs'
import folders from '../setup/folders.cjs'
import sources from '../setup/build.cjs'

const { root } = folders
const words = process.argv.slice(2)
const electron = process.env.BITW_DEV_ELECTRON ?? null
// As it came: electron-vite sets NODE_ENV, which is none of the program's.
const inherited = { ...process.env }
const pagePort = await freePort(5173)
const corePort = electron === null ? await freePort(0) : null
const secret = randomBytes(32).toString('base64url')
const link = `http://127.0.0.1:${pagePort}/enter#${secret}`

process.env.BITW_DEV_PORTS = [pagePort, corePort].filter((port) => port !== null).join(' ')
const { config } = await resolveConfig({ root }, 'serve', 'development')
const page = await createServer(config.renderer)
await page.listen()
// `bitw serve` wants a page of its own; whoever comes to its port is told where the real one is.
mkdirSync(join(root, 'out/dev/renderer'), { recursive: true })
writeFileSync(
  join(root, 'out/dev/renderer/index.html'),
  '<!doctype html><title>Open the link of npm run dev</title>',
)

const program = new Restarted(command(), (status) => {
  // A window that was closed ends it all; a core that cannot start waits for the next change.
  if (electron !== null) void end(status)
  else console.error(`The core ended (${status}). It starts again when a source changes.`)
})
let firstBuilds = electron === null ? 1 : 2
const watchers = [await watch(config.main)]
if (electron !== null) watchers.push(await watch(config.preload))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(0))

/** Builds, and builds again when a source changes; each time the program is started, once the first builds are all there. */
async function watch(part) {
  const watcher = await build({ ...part, logLevel: 'warn', build: { ...part.build, watch: {} } })
  let built = false
  watcher.on('event', (event) => {
    if (event.code === 'ERROR') console.error(`The build failed: ${event.error.message}`)
    if (event.code === 'BUNDLE_END') void event.result?.close()
    if (event.code !== 'END') return
    if (!built) firstBuilds--
    built = true
    if (firstBuilds > 0) return
    void program.start({ BITW_DEV_BUILD: sources.sourceHash(root) })
  })
  return watcher
}

function command() {
  const environment = {
    ...inherited,
    NODE_OPTIONS: `${inherited.NODE_OPTIONS ?? ''} --enable-source-maps`.trim(),
    BITW_SERVE_SECRET: secret,
  }
  if (electron === null) {
    const serve = ['serve', '--port', String(corePort), '--json', ...words]
    return {
      program: process.execPath,
      parameters: [join(root, 'out/dev/main/cli.cjs'), ...serve],
      environment,
      said: tellOfCore,
    }
  }
  // Chromium's sandbox refuses to run as root.
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  const parameters = [...(asRoot ? ['--no-sandbox'] : []), join(root, 'out/dev/main/index.cjs'), ...words]
  return { program: electron, parameters, environment, said: (line) => console.log(line) }
}

/** What `serve --json` prints: its own link leads past Vite, so the page's is printed instead. */
function tellOfCore(line) {
  let record = null
  try {
    record = JSON.parse(line)
  } catch {
    // Not a record: a line of console.log, perhaps of whoever works on the core.
    console.log(line)
    return
  }
  if (record?.type === 'serving') console.log(`\nBiT Workbench, as it is worked on: ${link}\n`)
  else console.log(line)
}

async function end(status) {
  await Promise.all([program.end(), page.close(), ...watchers.map((watcher) => watcher.close())])
  process.exit(status)
}

/** The wanted port of 127.0.0.1 where it is free, else another. @param {number} wanted @returns {Promise<number>} */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const socket = createSocketServer()
    socket.once('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort(0))))
    socket.listen(wanted, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}
