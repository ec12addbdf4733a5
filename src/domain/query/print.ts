/** From the tree of a query to a text that is read back as the same tree. */
import { rangePattern } from './read-word'
import type { Expression, Match, Query, Value } from './tree'

export function printQuery({ where, sort }: Query): string {
  const order = sort.map(({ field, descending }) => printText([`${descending ? '-' : ''}${field}`]))
  const words = where === null ? [] : [printExpression(where)]
  return [...words, ...(order.length === 0 ? [] : [`sort:${order.join(',')}`])].join(' ')
}

/** A field with one value, as it stands in a query. */
export function printWord(field: string | null, value: string): string {
  return (field === null ? '' : `${field}:`) + printText([value], field === null)
}

function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'match':
      return printMatch(expression)
    case 'not':
      return `-${inBrackets(expression.term, ['and', 'or'])}`
    case 'and':
      return expression.terms.map((term) => inBrackets(term, ['or'])).join(' ')
    case 'or':
      return expression.terms.map(printExpression).join(' or ')
  }
}

function inBrackets(expression: Expression, kinds: readonly Expression['kind'][]): string {
  const text = printExpression(expression)
  return kinds.includes(expression.kind) ? `(${text})` : text
}

function printMatch({ field, sign, values }: Match): string {
  const text = values.map((value) => printValue(value, field === null)).join(',')
  return field === null ? text : `${field}${sign}${text}`
}

function printValue(value: Value, isAlone: boolean): string {
  return value.kind === 'range' ? `${value.low}..${value.high}` : printText(value.pieces, isAlone)
}

function printText(pieces: readonly string[], isAlone = false): string {
  const text = pieces.join('*')
  // Letters, digits and what a file's path has. Other signs are quoted, so that they may mean something one day; so may these words.
  const isBare =
    pieces.every((piece) => /^[\p{L}\p{M}\p{N}_./+%-]*$/u.test(piece)) &&
    !/^(?:and|or|not)$/i.test(text) &&
    !rangePattern.test(text) &&
    !(isAlone && /^-|^$/.test(text))
  return isBare ? text : `"${pieces.map(escaped).join('*')}"`
}

function escaped(piece: string): string {
  let text = ''
  // By code units: half of a surrogate pair, which a file's name may have, is written as what it is.
  for (const sign of piece) {
    if (sign === '"' || sign === '\\' || sign === '*') text += `\\${sign}`
    else if (sign === '\n') text += '\\n'
    else if (sign === '\r') text += '\\r'
    else if (sign === '\t') text += '\\t'
    else if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(sign))
      text += `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`
    else text += sign
  }
  return text
}
