import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A program that is started again and again: never before the one before has ended, since that holds the home's lock. */
export class Restarted {
  #command
  #onEnd
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null
  #wanted = null
  #ended = false
  #starting = null

  /**
   * @param {{ program: string, parameters: string[], environment: Record<string, string>, said: (line: string) => void }} command
   * @param {(status: number) => void} onEnd When it ended by itself.
   */
  constructor(command, onEnd) {
    this.#command = command
    this.#onEnd = onEnd
  }

  /** Ends the one that runs, in order, and starts the next. Calls that come meanwhile count as one. */
  async start(environment = {}) {
    this.#wanted = environment
    this.#starting ??= this.#startNext().finally(() => (this.#starting = null))
    await this.#starting
  }

  async end() {
    this.#ended = true
    await this.#stop()
  }

  async #startNext() {
    while (this.#wanted !== null && !this.#ended) {
      await this.#stop()
      if (this.#ended) return
      const environment = this.#wanted
      this.#wanted = null
      this.#spawn(environment)
    }
  }

  #spawn(environment) {
    const { program, parameters, environment: base, said } = this.#command
    const child = spawn(program, parameters, {
      env: { ...base, ...environment },
      stdio: ['inherit', 'pipe', 'inherit'],
    })
    this.#child = child
    createInterface({ input: child.stdout }).on('line', said)
    child.on('error', (error) => console.error(`${program}: ${error.message}`))
    child.on('close', (code) => {
      if (this.#child !== child) return
      this.#child = null
      if (!this.#ended) this.#onEnd(code ?? 1)
    })
  }

  /** SIGTERM is meant to end things in order; Ctrl-C of the terminal has reached the program by itself. */
  #stop() {
    const child = this.#child
    if (child === null) return Promise.resolve()
    this.#child = null
    return new Promise((resolve) => {
      child.once('close', resolve)
      child.kill('SIGTERM')
    })
  }
}
