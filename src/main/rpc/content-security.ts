/** The security headers of the page, in both shells. Imports nothing: the window, which runs on an old Node, uses it too. */

/** `connectTo`: where scripts may connect; "'none'" in Electron, where a MessagePort is the only line. */
export function securityHeaders(connectTo: string): Record<string, string> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      // Svelte sets widths and positions as style attributes; style elements stay forbidden.
      "style-src-attr 'unsafe-inline'",
      "img-src 'self' blob: data:",
      "font-src 'self'",
      `connect-src ${connectTo}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}
