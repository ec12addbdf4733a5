/** The core as a service of the user: the file that a system's own manager reads, and where it lies. Pure. */
import { join } from 'node:path'

export interface ServiceFacts {
  /** The Node that runs this command, and its script. */
  readonly nodePath: string
  readonly cliPath: string
  readonly homePath: string
  /** Of the server; fixed, so that a bookmark stays good. */
  readonly port: number
}

export const serviceName = 'bit-workbench'
export const launchLabel = 'org.bit-workbench.core'

/** For `systemctl --user`: begins with the user's session, and again where it ends by itself. */
export function systemdUnit(facts: ServiceFacts): string {
  return `[Unit]
Description=BiT Workbench: trains what waits in the queue, and serves the interface to this machine
Documentation=https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html

[Service]
Type=simple
ExecStart=${commandOf(facts).map(systemdQuoted).join(' ')}
# Ctrl-C's signal: what trains stops at once, keeps its committed steps, and goes on at the next start.
KillSignal=SIGTERM
TimeoutStopSec=60
Restart=on-failure
RestartSec=10

[Install]
WantedBy=default.target
`
}

/** For launchd: begins at login, and again where it failed. */
export function launchAgent(facts: ServiceFacts): string {
  const words = commandOf(facts)
    .map((word) => `    <string>${xmlEscaped(word)}</string>`)
    .join('\n')
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${launchLabel}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardErrorPath</key>
  <string>${xmlEscaped(join(facts.homePath, 'logs', 'service.log'))}</string>
</dict>
</plist>
`
}

export function systemdUnitPath(configFolder: string): string {
  return join(configFolder, 'systemd', 'user', `${serviceName}.service`)
}

export function launchAgentPath(userFolder: string): string {
  return join(userFolder, 'Library', 'LaunchAgents', `${launchLabel}.plist`)
}

export function commandOf({ nodePath, cliPath, homePath, port }: ServiceFacts): string[] {
  return [nodePath, cliPath, '--home', homePath, 'serve', '--quiet', '--port', String(port)]
}

/** As systemd.service(5) quotes words: % and $ stand for themselves, too. */
function systemdQuoted(word: string): string {
  const escaped = word.replace(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')
  return `"${escaped}"`
}

function xmlEscaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
