/** What an import has to say about single files and folders, kept readable where thousands of files share one fault. */
import type { Problem } from '../../contract/entities/dataset'

/** Of each kind so many are named one by one; the rest is counted in one line. */
const namedPerKind = 1000

export interface ProblemList {
  /** All that were reported, named or not. */
  readonly count: number
  add(severity: Problem['severity'], code: Problem['code'], path: string, message: string): void
  /** Errors before notes, then by path. */
  read(): Problem[]
}

export function problemList(): ProblemList {
  const named: Problem[] = []
  const counts = new Map<string, { severity: Problem['severity']; code: Problem['code']; count: number }>()
  let count = 0
  return {
    get count() {
      return count
    },
    add(severity, code, path, message) {
      count++
      const kind = counts.get(`${severity} ${code}`) ?? { severity, code, count: 0 }
      kind.count++
      counts.set(`${severity} ${code}`, kind)
      if (kind.count <= namedPerKind) named.push({ path, severity, code, message })
    },
    read() {
      const unnamed = [...counts.values()].flatMap((kind): Problem[] => {
        const more = kind.count - namedPerKind
        if (more <= 0) return []
        const message = `${more} more of this kind (${kind.code}) are not listed.`
        return [{ path: '', severity: kind.severity, code: kind.code, message }]
      })
      const sorted = named.sort(
        (a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
      )
      return [...sorted, ...unnamed]
    },
  }
}

function rank(problem: Problem): number {
  return problem.severity === 'error' ? 0 : 1
}
