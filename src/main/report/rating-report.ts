/** One offline HTML file about a rating: who said what, how far they agree, and what that makes of the accuracy. */
import type {
  AccuracyForm,
  Answer,
  JudgedImage,
  Outcome,
  Rating,
  Votes,
} from '../../contract/entities/rating'
import { answers } from '../../contract/entities/rating'
import { escapeHtml } from './escape'
import { imageFigure, type ReportImage } from './report-image'
import { reportPage } from './report-page'
import { shareCells, tableOf } from './report-tables'
import { verdictWords } from './verdict-words'

export interface JudgedGallery {
  readonly verdict: Answer
  readonly total: number
  readonly images: readonly { readonly judged: JudgedImage; readonly image: ReportImage | null }[]
}

export function ratingReportHtml(
  rating: Rating,
  outcome: Outcome,
  galleries: readonly JudgedGallery[],
  madeAtMs: number,
): string {
  const { kappa, kappaCount } = outcome
  return reportPage({
    title: rating.name,
    about: `A rating of ${rating.imageCount} images by ${rating.raters.length === 1 ? '1 person' : `${rating.raters.length} people`} · ${new Date(madeAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    body: `<section><h2>Accuracy</h2>${accuracyTable(outcome)}</section>
<section><h2>Verdicts</h2>
<p class="q">${outcome.judgedWrong} of ${outcome.wrong} wrong predictions were judged${outcome.judgedRest > 0 ? `, and ${outcome.judgedRest} of ${outcome.rest} right ones` : ''}.${kappa === null ? '' : ` Fleiss' κ of ${kappaCount} images: ${kappa.value.toFixed(2)}, 95 % interval ${kappa.low.toFixed(2)} to ${kappa.high.toFixed(2)}.`}</p>
${verdictTable(outcome)}</section>
<section><h2>Raters</h2>${raterTable(outcome)}</section>
${galleries.map(gallerySection).join('\n')}`,
    footer: '',
  })
}

function accuracyTable({ asLabelled, adjudicated, noiseAdjusted }: Outcome): string {
  const row = (name: string, { accuracy, basis }: AccuracyForm): string =>
    `<tr><th scope="row">${name}</th>${shareCells(accuracy)}<td class="q">${escapeHtml(basis)}</td></tr>`
  return tableOf(
    ['Accuracy', '#Right', '#95 %', 'How'],
    [
      row('As labelled', asLabelled),
      row('Adjudicated', adjudicated),
      row('Adjusted for label noise', noiseAdjusted),
    ],
  )
}

function verdictTable({ verdicts, restVerdicts, judgedRest }: Outcome): string {
  const rows = answers.map(
    (answer) =>
      `<tr><th scope="row">${capital(verdictWords[answer])}</th><td class="num">${verdicts[answer]}</td>${judgedRest > 0 ? `<td class="num">${restVerdicts[answer]}</td>` : ''}</tr>`,
  )
  return tableOf(['Verdict', '#Wrong predictions', ...(judgedRest > 0 ? ['#Right predictions'] : [])], rows)
}

function raterTable({ raters }: Outcome): string {
  if (raters.length === 0) return '<p class="q">Nobody has answered yet.</p>'
  const said = (votes: Votes): string =>
    answers.map((answer) => `<td class="num">${votes[answer]}</td>`).join('')
  const rows = raters.map(
    ({ name, votes, controls }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th>${said(votes)}<td class="num">${controls.count === 0 ? '–' : `${controls.same} of ${controls.count}`}</td></tr>`,
  )
  return tableOf(['Rater', '#Prediction', '#Label', '#Both', '#Neither', '#Unsure', '#Same again'], rows)
}

function gallerySection({ verdict, total, images }: JudgedGallery): string {
  if (images.length === 0) return ''
  const figures = images.map(({ judged, image }) =>
    imageFigure({
      image,
      path: judged.path,
      aspect: judged.aspect,
      above: [judged.prediction, ''],
      below: [judged.label, ''],
      note: judged.freeLabel === '' ? '' : `Raters: ${judged.freeLabel}`,
    }),
  )
  return `<section><h2>${capital(verdictWords[verdict])}</h2><p class="q">${images.length} of ${total} wrong predictions. Above: the prediction. Below: the label.</p><div class="gallery">${figures.join('\n')}</div></section>`
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
