/** What the addresses of images carry: whose they are, and in a browser what lets this page see them. */
class ImageKey {
  private key = $state('')
  /** Before the address of a dataset's image: '' for the home, '/bundle/N' for a bundle that is looked at. */
  place = $state('')
  /** Grows when images that could not be shown may be there again. */
  tries = $state(0)

  /** To be put behind a query that is there. */
  get asQuery(): string {
    return this.key === '' ? '' : `&key=${this.key}`
  }

  set(key: string): void {
    this.key = key
  }

  again(): void {
    this.tries++
  }
}

export const imageKey = new ImageKey()
