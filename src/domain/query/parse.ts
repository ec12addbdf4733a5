/** From the text of a query to its tree. A text with faults has a tree of what was understood; nothing should be done with that but help. */
import { brief } from './brief'
import { readWord } from './read-word'
import { allOf, anyOf, type Expression, type Match, type Query, type QueryFault, type SortKey } from './tree'

export interface ParsedQuery {
  readonly query: Query
  /** By where they stand. */
  readonly faults: readonly QueryFault[]
}

const deepest = 40

export function parseQuery(text: string): ParsedQuery {
  const reader = new Reader(text)
  const where = reader.any(0)
  return {
    query: { where, sort: reader.sort },
    faults: reader.faults
      .map((fault) => ({ ...fault, message: brief(fault.message) }))
      .sort((a, b) => a.from - b.from),
  }
}

class Reader {
  readonly faults: QueryFault[] = []
  readonly sort: SortKey[] = []
  private at = 0

  constructor(private readonly text: string) {}

  /** Terms with `or` between them, to the end or to the bracket that closes. */
  any(depth: number): Expression | null {
    const terms: Expression[] = []
    for (;;) {
      const term = this.all(depth)
      if (term !== null) terms.push(term)
      const word = this.keyword()
      if (word !== 'or') return anyOf(terms)
      const from = this.at
      this.at += 2
      if (term === null) this.fault('There is nothing before this or.', from, this.at)
      this.skip()
      if (this.ended()) this.fault('There is nothing after this or.', from, from + 2)
    }
  }

  private all(depth: number): Expression | null {
    const terms: Expression[] = []
    let joint: number | null = null
    for (;;) {
      this.skip()
      if (this.ended() || this.keyword() === 'or') break
      if (this.keyword() === 'and') {
        if (terms.length === 0 || joint !== null)
          this.fault('There is nothing before this and.', this.at, this.at + 3)
        joint = this.at
        this.at += 3
        continue
      }
      const term = this.one(depth, false)
      joint = null
      if (term !== null) terms.push(term)
    }
    if (joint !== null) this.fault('There is nothing after this and.', joint, joint + 3)
    return allOf(terms)
  }

  private one(depth: number, negated: boolean): Expression | null {
    const from = this.at
    const isNot = this.keyword() === 'not'
    if (isNot || this.text[this.at] === '-') {
      this.at += isNot ? 3 : 1
      if (isNot) this.skip()
      if (/[\s)]|^$/u.test(this.text[this.at] ?? '')) {
        const sign = isNot ? 'not' : 'the minus'
        this.fault(`There is nothing after ${sign} that it could leave out.`, from, this.at)
        return null
      }
      if (depth >= deepest) return this.tooDeep(from)
      const term = this.one(depth + 1, true)
      return term === null ? null : { kind: 'not', term }
    }
    if (this.text[this.at] === '(') return this.brackets(depth, from)
    if (this.text[this.at] === ')') {
      this.fault('This bracket closes none. To search for a bracket, put it in quotes: ")".', from, from + 1)
      this.at++
      return null
    }
    return this.word(depth > 0 || negated, depth)
  }

  private brackets(depth: number, from: number): Expression | null {
    if (depth >= deepest) return this.tooDeep(from)
    this.at++
    this.open++
    const inner = this.any(depth + 1)
    this.open--
    if (this.text[this.at] === ')') this.at++
    else this.fault('This bracket is not closed.', from, from + 1)
    if (inner === null && this.faults.length === 0)
      this.fault('There is nothing in these brackets.', from, this.at)
    return inner
  }

  /** Brackets that are open here. */
  private open = 0

  private word(isInside: boolean, depth: number): Match | null {
    const from = this.at
    const read = readWord(this.text, from, this.open > 0)
    this.at = read.to
    if (read.fault !== null) {
      this.faults.push(read.fault)
      return null
    }
    if (read.match.field?.toLowerCase() !== 'sort') return read.match
    this.order(read.match, isInside || depth > 0)
    return null
  }

  private order({ values, sign, from, to }: Match, isInside: boolean): void {
    if (isInside) {
      this.fault('sort: orders the whole list. Write it outside of brackets, without a minus.', from, to)
      return
    }
    for (const value of values) {
      const name = value.kind === 'text' && value.pieces.length === 1 ? (value.pieces[0] ?? '') : ''
      const field = name.replace(/^-/, '')
      if (sign !== ':' || field === '')
        this.fault('sort: takes a field, such as sort:path, or sort:-path for the other way.', from, to)
      else this.sort.push({ field, descending: name !== field, from: value.from, to: value.to })
    }
  }

  private tooDeep(from: number): null {
    this.fault(`There are more than ${deepest} brackets or signs inside one another.`, from, this.text.length)
    this.at = this.text.length
    return null
  }

  /** The word that stands here alone and without quotes, where it joins or negates. */
  private keyword(): 'and' | 'or' | 'not' | null {
    const word = /^(?:and|or|not)(?=[\s()]|$)/iu
      .exec(this.text.slice(this.at, this.at + 4))?.[0]
      .toLowerCase()
    return word === 'and' || word === 'or' || word === 'not' ? word : null
  }

  private ended(): boolean {
    return this.at >= this.text.length || (this.open > 0 && this.text[this.at] === ')')
  }

  private skip(): void {
    while (/\s/u.test(this.text[this.at] ?? '')) this.at++
  }

  private fault(message: string, from: number, to: number): void {
    this.faults.push({ message, from, to: Math.min(to, this.text.length) })
  }
}
