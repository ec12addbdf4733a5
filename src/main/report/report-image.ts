import { escapeHtml } from './escape'

export interface ReportImage {
  readonly bytes: Uint8Array
  readonly mime: string
}

/** An image with a line above and one below, each a text and a figure; `note` under both. */
export function imageFigure({
  image,
  path,
  aspect,
  above,
  below,
  note = '',
}: {
  readonly image: ReportImage | null
  readonly path: string
  readonly aspect: number
  readonly above: readonly [string, string]
  readonly below: readonly [string, string]
  readonly note?: string
}): string {
  const ratio = aspect.toFixed(4)
  const shown =
    image === null
      ? '<p class="q">This image can no longer be read.</p>'
      : `<img src="data:${image.mime};base64,${Buffer.from(image.bytes).toString('base64')}" alt="${escapeHtml(path)}" style="aspect-ratio:${ratio}">`
  const line = ([text, figure]: readonly [string, string]): string =>
    `<div class="cap">${escapeHtml(text)} <span>${escapeHtml(figure)}</span></div>`
  return `<figure style="--ar:${ratio}">${line(above)}${shown}<figcaption class="q">${escapeHtml(below[0])} <span>${escapeHtml(below[1])}</span></figcaption>${note === '' ? '' : `<p class="q">${escapeHtml(note)}</p>`}</figure>`
}
