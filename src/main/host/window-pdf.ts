/** A report as PDF, printed by a page that nobody sees. */
import { BrowserWindow } from 'electron'
import { openStreamedFile } from '../report/streamed-file'

/** No script runs in it, and nothing of the workbench is in its reach. Throws 'not-allowed' where another file than a PDF has the name. */
export async function writePdf(htmlPath: string, pdfPath: string): Promise<void> {
  const printer = new BrowserWindow({
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, javascript: false, partition: 'bitw-print' },
  })
  try {
    printer.webContents.on('will-navigate', (event) => event.preventDefault())
    printer.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
    await printer.loadFile(htmlPath)
    const bytes = await printer.webContents.printToPDF({ printBackground: true, pageSize: 'A4' })
    const file = openStreamedFile(pdfPath, (head) => head.toString('latin1').startsWith('%PDF-'))
    try {
      file.append(bytes)
      file.finish()
    } finally {
      file.close()
    }
  } finally {
    printer.destroy()
  }
}
