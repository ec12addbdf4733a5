import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canReveal, revealCommand } from '../../src/main/app/reveal'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-reveal-'))
  writeFileSync(join(folder, 'xdg-open'), '#!/bin/sh\n')
  chmodSync(join(folder, 'xdg-open'), 0o755)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('showing a file in the file manager', () => {
  it('is offered on a Linux desktop that has a way to open folders', () => {
    const path = ['/nowhere', folder].join(delimiter)
    expect(canReveal({ DISPLAY: ':0', PATH: path }, 'linux')).toBe(true)
    expect(canReveal({ WAYLAND_DISPLAY: 'wayland-0', PATH: path }, 'linux')).toBe(true)
    expect(canReveal({ DISPLAY: ':0', PATH: '/nowhere' }, 'linux')).toBe(false)
  })

  it('is not offered without a desktop, nor to one who came over a network', () => {
    expect(canReveal({ PATH: folder }, 'linux')).toBe(false)
    expect(
      canReveal({ DISPLAY: ':10', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22', PATH: folder }, 'linux'),
    ).toBe(false)
    expect(canReveal({ SSH_TTY: '/dev/pts/1' }, 'darwin')).toBe(false)
    expect(canReveal({}, 'darwin')).toBe(true)
  })

  it('passes the path as one word, and selects the file where the desktop can', () => {
    const path = '/a b/$(c).png'
    expect(revealCommand(path, false, 'linux')).toEqual({ program: 'xdg-open', words: ['/a b'] })
    expect(revealCommand('/a b', true, 'linux').words).toEqual(['/a b'])
    expect(revealCommand(path, false, 'darwin').words).toEqual(['-R', path])
    expect(revealCommand('C:\\a b\\c.png', false, 'win32').words).toEqual(['/select,C:\\a b\\c.png'])
  })
})
