import { describe, expect, it } from 'vitest'
import { devHeaders } from '../dev-server.config'
import { securityHeaders } from '../src/main/rpc/content-security'

describe('the page that is worked on', () => {
  it('keeps every rule of the built page, but for style elements that carry the nonce', () => {
    const rules = (headers: Record<string, string>) => (headers['Content-Security-Policy'] ?? '').split('; ')
    const built = securityHeaders("'self'")
    const dev = devHeaders("'self'", 'abc')
    expect(rules(dev).filter((rule) => !rules(built).includes(rule))).toEqual([
      "style-src 'self' 'nonce-abc'",
    ])
    expect(rules(dev)).toHaveLength(rules(built).length)
    expect({ ...dev, 'Content-Security-Policy': '' }).toEqual({ ...built, 'Content-Security-Policy': '' })
  })
})
