/** What an import would make of a path, in words. */
import type { ImportPreview } from '../../../contract/entities/import-preview'
import { count, table } from './format'

const shownClasses = 30

export function previewText(preview: ImportPreview): string {
  const { kindText, name, imageCount, classCount, classes, parts, columns, leftOut } = preview
  const said = Object.entries(parts).flatMap(([part, many]) =>
    many === 0 ? [] : [`${part === 'none' ? 'without a part' : part} ${count(many)}`],
  )
  const facts = [
    ['What', kindText],
    ['Name', name],
    ['Images', count(imageCount)],
    ['Classes', preview.isUnlabelled ? 'none: the images are to be labelled' : count(classCount)],
    ['Parts', parts.none === imageCount ? 'none; drawn by seed' : said.join(', ')],
  ]
  if (columns !== null) {
    const { names, path, label, part } = columns
    const chosen = `path: ${path ?? '?'}, class: ${label ?? '?'}, part: ${part ?? 'none'}`
    facts.push(['Columns', `${chosen} (of ${names.join(', ')})`])
  }
  const rows = classes
    .slice(0, shownClasses)
    .map(({ name: className, imageCount: many }) => [className, count(many)])
  const more = classCount > shownClasses ? `\n… and ${count(classCount - shownClasses)} more` : ''
  const others = leftOut.map(({ severity, count: many, example }) => [
    severity === 'error' ? 'left out' : 'note',
    count(many),
    example.path,
    example.message,
  ])
  const left = others.length === 0 ? '' : `\n\n${table(others, [1])}`
  return `${table(facts)}\n\n${table([['class', 'images'], ...rows], [1])}${more}${left}`
}
