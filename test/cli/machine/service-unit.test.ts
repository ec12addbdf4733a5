import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  launchAgent,
  launchAgentPath,
  systemdUnit,
  systemdUnitPath,
} from '../../../src/main/cli/machine/service-unit'
import { temporaryFolder } from '../../support/test-core'

const facts = {
  nodePath: '/opt/node/bin/node',
  cliPath: '/opt/bit workbench/cli.cjs',
  homePath: '/home/ada/100% "mine" $HOME',
  port: 47_860,
}

function analyzer(): string | null {
  try {
    return execFileSync('which', ['systemd-analyze'], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

describe('the service of the user', () => {
  it('is a unit of systemd that begins with the session, with words that stay whole', () => {
    const unit = systemdUnit(facts)
    expect(unit).toContain(
      'ExecStart="/opt/node/bin/node" "/opt/bit workbench/cli.cjs" "--home" "/home/ada/100%% \\"mine\\" $$HOME" "serve" "--quiet" "--port" "47860"\n',
    )
    expect(unit).toContain('WantedBy=default.target')
    expect(systemdUnitPath('/home/ada/.config')).toBe('/home/ada/.config/systemd/user/bit-workbench.service')
  })

  it('is an agent of launchd that begins at login', () => {
    const agent = launchAgent({ ...facts, homePath: '/Users/ada/a & b' })
    expect(agent).toContain('<string>/Users/ada/a &amp; b</string>')
    expect(agent).toMatch(/<key>RunAtLoad<\/key>\s*<true\/>/)
    expect(launchAgentPath('/Users/ada')).toBe('/Users/ada/Library/LaunchAgents/org.bit-workbench.core.plist')
  })

  it.skipIf(analyzer() === null)('is a unit that systemd itself finds nothing wrong with', () => {
    const folder = temporaryFolder('unit')
    onTestFinished(() => folder.remove())
    const nodePath = join(folder.path, 'node')
    writeFileSync(nodePath, '#!/bin/sh\n')
    chmodSync(nodePath, 0o755)
    mkdirSync(join(folder.path, 'units'))
    const path = join(folder.path, 'units', 'bit-workbench.service')
    writeFileSync(path, systemdUnit({ ...facts, nodePath }))
    const said = execFileSync(analyzer() ?? '', ['verify', '--user', '--man=no', path], {
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, XDG_RUNTIME_DIR: folder.path },
    })
    expect(said).toBe('')
  })
})
