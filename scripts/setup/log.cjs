'use strict'
const fs = require('node:fs')

/** A step that cannot be done: what is missing, and what to do about it. */
class SetupError extends Error {
  constructor(message, wayOut) {
    super(message)
    this.name = 'SetupError'
    this.wayOut = wayOut
  }
}

/** Writes lines to a file descriptor (1 or 2); on a terminal, progress overwrites itself. */
function openLog(fd) {
  const terminal = fd === 1 ? Boolean(process.stdout.isTTY) : Boolean(process.stderr.isTTY)
  let open = false
  const write = (text) => fs.writeSync(fd, text)
  const close = () => {
    if (open) write('\n')
    open = false
  }
  return {
    fd,
    /** How often progress is worth a line. */
    intervalMs: terminal ? 500 : 10_000,
    line(text) {
      close()
      write(`${text}\n`)
    },
    progress(text) {
      if (!terminal) return write(`  ${text}\n`)
      write(`\r\x1b[K  ${text}`)
      open = true
    },
    close,
  }
}

module.exports = { SetupError, openLog }
