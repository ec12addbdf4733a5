/** Tells a program or an address of a run: each with a limit of time, and what goes wrong said in words. */
import { execFile } from 'node:child_process'
import type { NoticeKind, Settings } from '../../contract/entities/settings'
import type { Run } from '../../contract/entities/run'

export type Told = Pick<Run, 'id' | 'name' | 'datasetName' | 'state'> & {
  readonly kind: NoticeKind
  readonly accuracy: number | null
  readonly error: string | null
}

const commandMs = 30_000
const webhookMs = 10_000
const mostRedirects = 3

/** A sentence for each that could not be told. */
export async function tellRun(
  { command, webhook }: Pick<Settings['notices'], 'command' | 'webhook'>,
  run: Told,
): Promise<string[]> {
  const told = await Promise.all([
    command === null ? null : runCommand(command, run),
    webhook === null ? null : post(webhook, run),
  ])
  return told.filter((problem) => problem !== null)
}

/** Without a shell: what stands in a name is no command. */
function runCommand(
  { program, arguments: given }: NonNullable<Settings['notices']['command']>,
  run: Told,
): Promise<string | null> {
  const words: Readonly<Record<string, string>> = {
    run: run.name,
    state: run.state,
    dataset: run.datasetName,
    accuracy: run.accuracy === null ? '' : run.accuracy.toFixed(4),
  }
  const filled = given.map((text) =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole),
  )
  return new Promise((resolve) => {
    try {
      execFile(program, filled, { timeout: commandMs, windowsHide: true, shell: false }, (error) => {
        resolve(error === null ? null : `The command ${program} failed: ${firstLine(error.message)}`)
      })
    } catch (thrown) {
      resolve(`The command ${program} could not be started: ${firstLine(String(thrown))}`)
    }
  })
}

/** Redirects to another host are not followed: what is told of a run is for the one that was named. */
async function post(webhook: string, run: Told): Promise<string | null> {
  const signal = AbortSignal.timeout(webhookMs)
  const body = JSON.stringify({ type: 'run', run })
  const headers = { 'content-type': 'application/json' }
  let address = new URL(webhook)
  try {
    for (let turn = 0; turn <= mostRedirects; turn++) {
      const answer = await fetch(address, { method: 'POST', body, headers, redirect: 'manual', signal })
      await answer.body?.cancel()
      const location = answer.headers.get('location')
      if (answer.status < 300 || answer.status >= 400 || location === null)
        return answer.ok ? null : `The webhook at ${address.host} answered ${String(answer.status)}.`
      const next = new URL(location, address)
      if (next.host !== address.host || !/^https?:$/.test(next.protocol))
        return `The webhook at ${address.host} leads to another host, ${next.host}: it was not followed.`
      address = next
    }
    return `The webhook at ${address.host} leads on and on.`
  } catch (thrown) {
    const why = signal.aborted ? `no answer in ${String(webhookMs / 1000)} s` : firstLine(reasonOf(thrown))
    return `The webhook at ${address.host} could not be reached: ${why}.`
  }
}

/** fetch says only that it failed; its cause says why. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  return cause instanceof Error ? cause.message : thrown instanceof Error ? thrown.message : String(thrown)
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.$/, '')
}
