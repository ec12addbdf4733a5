import { expect, it } from 'vitest'
import { problemPageHtml } from '../../src/main/host/window-problem'

it('shows a path with markup in it as text', () => {
  const page = problemPageHtml(
    { code: 'home-locked', message: '/tmp/<script>alert(1)</script>', wayOut: 'a & b' },
    'bitw://app/',
  )
  expect(page).not.toContain('<script>')
  expect(page).toContain('&lt;script&gt;')
  expect(page).toContain('a &amp; b')
  expect(page).toContain('href="bitw://app/"')
})
