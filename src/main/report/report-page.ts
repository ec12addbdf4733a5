import { escapeHtml } from './escape'
import { reportCss } from './report-css'

/** How every report begins. */
export const reportHead = '<!doctype html>'

/** A page that needs nothing but itself. `title` and `footer` are plain text, `about` and `body` HTML. */
export function reportPage({
  title,
  about,
  body,
  footer,
}: {
  readonly title: string
  readonly about: string
  readonly body: string
  readonly footer: string
}): string {
  return `${reportHead}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} · BiT Workbench</title>
<style>${reportCss}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="q">${about}</p>
</header>
<main>
${body}
</main>
<footer><p class="q">${escapeHtml(footer)} Made by BiT Workbench; nothing in this file comes from or goes to a network.</p></footer>
</body>
</html>
`
}
