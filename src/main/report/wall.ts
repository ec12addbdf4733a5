/** A wall of mistakes, as in the paper: the prediction above each image, the label below, in the raters' colours (Figure 8) or plain (Figures 12, 13). */
import type { Answer } from '../../contract/entities/rating'
import { shownName } from '../../domain/names'
import { accuracyOf } from '../../domain/rules/interval'
import { escapeHtml } from './escape'
import { marginPx, wallLayout } from './wall-layout'

export interface WallImage {
  readonly path: string
  readonly aspect: number
  readonly prediction: string
  readonly label: string
  /** null: nobody judged it, or the wall is plain. */
  readonly verdict: Answer | null
  /** null: it cannot be read any more. */
  readonly image: { readonly bytes: Uint8Array; readonly mime: string } | null
}

export interface Wall {
  readonly title: string
  /** What it is of, a line. */
  readonly about: string
  readonly isPlain: boolean
  readonly images: readonly WallImage[]
}

/** In the first lines of each: by it a file is known as ours, which may be replaced. */
export const wallMark = '<!-- A wall by BiT Workbench -->'

type Tone = 'p' | 'l' | 'u'

const tones: Readonly<Record<Answer, Tone>> = {
  prediction: 'p',
  label: 'l',
  both: 'u',
  neither: 'u',
  unsure: 'u',
}
/** On white. */
const colours: Readonly<Record<Tone, string>> = { p: '#1f8f49', l: '#d8382e', u: '#a67a00' }
const toneWords: Readonly<Record<Tone, string>> = {
  p: 'raters agree with the prediction',
  l: 'with the label',
  u: 'unsure, both or neither',
}
const topPx = 92
const bottomOfHeadPx = 72
/** Of a letter of the captions, for cutting long words: SVG has no way to ask. */
const letterPx = 6.2

/** One file, nothing outside it. */
export function wallSvg(wall: Wall): string {
  const { widthPx, heightPx, boxes } = wallLayout(
    wall.images.map(({ aspect }) => aspect),
    topPx,
  )
  const figures = wall.images.map((image, index) => {
    const { x, y, width, height } = boxes[index] ?? { x: 0, y: 0, width: 0, height: 0 }
    const tone = image.verdict === null ? null : tones[image.verdict]
    const word = (text: string, at: number, coloured: boolean): string =>
      `<text x="${x}" y="${at}"${coloured && tone !== null ? ` fill="${colours[tone]}" font-weight="600"` : ''}>${cut(text, width)}</text>`
    const edge = (at: number): string =>
      tone === null ? '' : `<rect x="${x}" y="${at}" width="${width}" height="3" fill="${colours[tone]}"/>`
    return `<g><title>${titleOf(image)}</title>${word(image.prediction, y - 4, tone !== 'l')}${
      image.image === null
        ? `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#e6e6e6"/>`
        : `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="xMidYMid slice" xlink:href="${dataUrl(image.image)}"/>`
    }${tone === 'l' ? '' : edge(y)}${tone === 'p' ? '' : edge(y + height - 3)}${word(image.label, y + height + 12, tone !== 'p')}</g>`
  })
  let x = marginPx
  const legend = legendOf(wall).map(({ tone, text }) => {
    const part = `<rect x="${x}" y="${bottomOfHeadPx - 8}" width="10" height="3" fill="${tone === null ? '#959595' : colours[tone]}"/><text x="${x + 16}" y="${bottomOfHeadPx}">${escaped(text)}</text>`
    x += 40 + text.length * letterPx
    return part
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
${wallMark}
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" font-family="Inter, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="11" fill="#191919">
<title>${escaped(wall.title)}</title>
<rect width="${widthPx}" height="${heightPx}" fill="#ffffff"/>
<text x="${marginPx}" y="32" font-size="16" font-weight="600">${escaped(wall.title)}</text>
<text x="${marginPx}" y="50" fill="#616161">${escaped(wall.about)}</text>
${legend.join('\n')}
${figures.join('\n')}
</svg>
`
}

/** One offline file without a script. */
export function wallHtml(wall: Wall): string {
  const figures = wall.images.map((image) => {
    const tone = image.verdict === null ? '' : ` class="${tones[image.verdict]}"`
    const shown =
      image.image === null
        ? '<p>This image can no longer be read.</p>'
        : `<img src="${dataUrl(image.image)}" alt="${escaped(image.path)}" style="aspect-ratio:${image.aspect.toFixed(4)}">`
    return `<figure${tone} style="--ar:${image.aspect.toFixed(4)}" title="${titleOf(image)}"><figcaption>${escaped(image.prediction)}</figcaption>${shown}<figcaption class="b">${escaped(image.label)}</figcaption></figure>`
  })
  const legend = legendOf(wall).map(
    ({ tone, text }) => `<li${tone === null ? '' : ` class="${tone}"`}><i></i>${escaped(text)}</li>`,
  )
  return `<!doctype html>
${wallMark}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(wall.title)} · BiT Workbench</title>
<style>${wallCss}</style>
</head>
<body>
<h1>${escaped(wall.title)}</h1>
<p class="q">${escaped(wall.about)}</p>
${legend.length === 0 ? '' : `<ul>${legend.join('')}</ul>`}
<div class="wall">
${figures.join('\n')}
</div>
<p class="q">Above each image the prediction, below it the label. Made by BiT Workbench; nothing in this file comes from or goes to a network.</p>
</body>
</html>
`
}

const wallCss = `
:root{color-scheme:light dark;--paper:#fff;--ink:#191919;--ink-2:#616161;--p:#19713a;--l:#b3271f;--u:#775800}
@media (prefers-color-scheme:dark){:root{--paper:#111;--ink:#ededed;--ink-2:#959595;--p:#66c182;--l:#f07b6f;--u:#e0b94a}}
body{margin:24px;background:var(--paper);color:var(--ink);font:12px/18px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{margin:0;font-size:16px;line-height:24px}.q{margin:2px 0 10px;color:var(--ink-2)}
ul{display:flex;flex-wrap:wrap;gap:4px 24px;margin:0 0 14px;padding:0;list-style:none}li i{display:inline-block;width:10px;height:3px;margin-right:6px;background:var(--ink-2);vertical-align:middle}
li.p i{background:var(--p)}li.l i{background:var(--l)}li.u i{background:var(--u)}
.wall{display:flex;flex-wrap:wrap;gap:10px 8px}
figure{flex:var(--ar) 1 calc(var(--ar)*130px);max-width:calc(var(--ar)*200px);min-width:72px;margin:0}
figure img{display:block;width:100%;box-sizing:border-box;object-fit:cover}figcaption{overflow:hidden;line-height:18px;text-overflow:ellipsis;white-space:nowrap}
.p img{border-top:3px solid var(--p)}.p figcaption:first-child{color:var(--p);font-weight:600}
.l img{border-bottom:3px solid var(--l)}.l .b{color:var(--l);font-weight:600}
.u img{border-block:3px solid var(--u)}.u figcaption{color:var(--u)}
@media print{body{margin:0}}
`

/** Each colour with its share of those judged, and what nobody judged. */
function legendOf({ isPlain, images }: Wall): { tone: Tone | null; text: string }[] {
  if (isPlain) return []
  const judged = images.filter(({ verdict }) => verdict !== null)
  const lines = (['p', 'l', 'u'] as const).map((tone) => {
    const count = judged.filter(({ verdict }) => verdict !== null && tones[verdict] === tone).length
    if (judged.length === 0) return { tone, text: `${toneWords[tone]}: 0` }
    const { value, low, high } = accuracyOf(count, judged.length)
    const percent = (share: number): string => (share * 100).toFixed(1)
    return {
      tone,
      text: `${toneWords[tone]}: ${count} of ${judged.length}, ${percent(value)} % (95 % interval ${percent(low)}–${percent(high)})`,
    }
  })
  const open = images.length - judged.length
  return open === 0 ? lines : [...lines, { tone: null, text: `not judged: ${open}` }]
}

function titleOf({ path, prediction, label, verdict }: WallImage): string {
  return escaped(
    `${path}: prediction ${prediction}, label ${label}${verdict === null ? '' : `; raters: ${verdict}`}`,
  )
}

function dataUrl({ bytes, mime }: NonNullable<WallImage['image']>): string {
  return `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`
}

function cut(text: string, widthPx: number): string {
  const most = Math.max(3, Math.floor(widthPx / letterPx))
  return escaped(text.length <= most ? text : `${text.slice(0, most - 1)}…`)
}

/** Without what neither XML nor an eye takes. */
function escaped(text: string): string {
  return escapeHtml(shownName(text, '?'))
}
