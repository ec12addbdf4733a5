/** Everything that reads a file of somebody else. A new parser is one line here. */
import { homeParsers } from './home-parsers'
import { imageParsers } from './image-parsers'
import type { Parser } from './sample'
import { runParsers } from './run-parsers'
import { sourceParsers } from './source-parsers'
import { weightParsers } from './weight-parsers'

/** `homeFolder`: a new home, for those that need one. */
export function allParsers(homeFolder: string): readonly Parser[] {
  return [
    ...imageParsers,
    ...sourceParsers,
    ...weightParsers,
    ...runParsers(homeFolder),
    ...homeParsers(homeFolder),
  ]
}
