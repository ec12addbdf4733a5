/** The subject of the screen, behind its name in the top bar: a dataset's or a run's name. */
class Crumb {
  subject = $state('')

  /** Use in `whenever`; the subject goes when the screen goes. */
  show(subject: string): () => void {
    this.subject = subject
    return () => {
      if (this.subject === subject) this.subject = ''
    }
  }
}

export const crumb = new Crumb()
