/** A report as PDF, printed by a page that nobody sees. */
import { readFile } from 'node:fs/promises'
import { BrowserWindow } from 'electron'
import { openStreamedFile } from '../report/streamed-file'
import { serveScheme } from './window-protocol'

/** Of the printing page, which can reach nothing else. */
const reportAddress = 'bitw://report/'

/** No script runs in it, and nothing of the workbench is in its reach. Throws 'not-allowed' where another file than a PDF has the name. */
export async function writePdf(htmlPath: string, pdfPath: string): Promise<void> {
  const bytes = await readFile(htmlPath)
  const printer = new BrowserWindow({
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, javascript: false, partition: 'bitw-print' },
  })
  const { webContents } = printer
  const stopServing = serveScheme(webContents.session, (address) =>
    Promise.resolve(
      address === reportAddress
        ? { status: 200, mime: 'text/html; charset=utf-8', bytes, headers: {} }
        : { status: 404, mime: 'text/plain; charset=utf-8', bytes: Buffer.alloc(0), headers: {} },
    ),
  )
  try {
    webContents.on('will-navigate', (event) => event.preventDefault())
    webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
    await printer.loadURL(reportAddress)
    const printed = await webContents.printToPDF({ printBackground: true, pageSize: 'A4' })
    const file = openStreamedFile(pdfPath, (head) => head.toString('latin1').startsWith('%PDF-'))
    try {
      file.append(printed)
      file.finish()
    } finally {
      file.close()
    }
  } finally {
    stopServing()
    printer.destroy()
  }
}
