/** The page that stands in the window when the core cannot be started: what happened, what to do, and a way to try again. */
import type { WireError } from '../../contract/errors'
import { escapeHtml } from '../report/escape'

/** No script, nothing from elsewhere. */
export const problemHeaders: Record<string, string> = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
}

/** `retryAddress`: opening it starts the core again. */
export function problemPageHtml({ message, wayOut }: WireError, retryAddress: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>BiT Workbench</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.25rem; }
p { overflow-wrap: anywhere; }
a { color: inherit; display: inline-block; padding: 0.4rem 0.9rem; border: 1px solid; border-radius: 6px; text-decoration: none; }
a:focus-visible { outline: 2px solid; outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>The workbench could not start</h1>
<p>${escapeHtml(message)}</p>
<p>${escapeHtml(wayOut)}</p>
<p><a href="${escapeHtml(retryAddress)}">Try again</a></p>
</main>
</body>
</html>
`
}
