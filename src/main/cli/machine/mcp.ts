import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { openLastingReader } from '../../host/lasting-reader'
import { createMcpServer } from '../../mcp/server'
import type { CliContext } from '../context'
import { findDataset, findRun } from '../datasets/find'

/** Answers an agent on stdin and stdout until it closes them, beside a workbench that may be at work in the same home. */
export async function runMcp({ homePath, output, onInterrupt }: CliContext): Promise<number> {
  const reader = openLastingReader(homePath)
  const server = createMcpServer({
    call: reader.call,
    findDataset: (wanted) => findDataset(reader.call, wanted),
    findRun: (wanted) => findRun(reader.call, wanted),
  })
  try {
    await server.connect(new StdioServerTransport(process.stdin, process.stdout))
    output.note(`Answering an agent about ${homePath} until it ends, or Ctrl-C. Nothing is changed.`)
    await new Promise<void>((resolve) => {
      process.stdin.once('end', resolve)
      onInterrupt(() => resolve())
    })
    await server.close()
  } finally {
    reader.close()
  }
  return 0
}
