/** Closing the window while something trains: asked once whether it goes on without a window, rests, or the window stays. */
import { app, dialog, type BrowserWindow } from 'electron'

export interface Closing {
  /** What trains now or comes next, by name; null: nothing. */
  training(): string | null
  pause(): void
}

const answers = ['Keep training', 'Pause and close', 'Cancel'] as const

/** Whoever quits the whole program is not asked: what trains is then interrupted, and keeps its last checkpoint. */
export function askBeforeClosing(window: BrowserWindow, { training, pause }: Closing): void {
  let isQuitting = false
  app.on('before-quit', () => {
    isQuitting = true
  })
  window.on('close', (event) => {
    const name = training()
    if (isQuitting || name === null) return
    event.preventDefault()
    void dialog
      .showMessageBox(window, {
        type: 'question',
        title: 'BiT Workbench',
        message: `“${name}” is still training.`,
        detail:
          'It can go on without a window: open the workbench again to see it. Paused, it rests at a checkpoint, and Resume goes on with the same results.',
        buttons: [...answers],
        defaultId: 0,
        cancelId: answers.length - 1,
        noLink: true,
      })
      .then(({ response }) => {
        if (response === answers.length - 1) return
        if (response === 1) pause()
        window.destroy()
      })
  })
}
