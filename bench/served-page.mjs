/** What a bench needs to open the page of a server that it started. */
import { createInterface } from 'node:readline'

export const debianChromium = '/usr/bin/chromium'

/** The link that `bitw serve --json` prints. */
export async function linkOf(server) {
  for await (const line of createInterface({ input: server.stdout })) {
    const record = JSON.parse(line)
    if (record.type === 'serving') return record.url
  }
  throw new Error('The server ended before it served.')
}
