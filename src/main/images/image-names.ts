/** Whether a file's name is an image's, of a format that is read or known by name. Its content has the last word. */
const imageName = /\.(jpe?g|jfif|png|webp|avif|gif|tiff?|bmp|hei[cf]|jxl|jp2|p[pgbn]m)$/i

export function hasImageName(path: string): boolean {
  return imageName.test(path)
}
