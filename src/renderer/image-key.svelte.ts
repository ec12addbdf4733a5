/** What lets this page see images: their addresses carry it in a browser. Electron needs none. */
class ImageKey {
  private key = $state('')

  /** To be put behind a query that is there. */
  get asQuery(): string {
    return this.key === '' ? '' : `&key=${this.key}`
  }

  set(key: string): void {
    this.key = key
  }
}

export const imageKey = new ImageKey()
