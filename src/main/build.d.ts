/** A hash of the sources that this program was built from; the build puts it in. */
declare const __BITW_BUILD__: string
/** Where Vite serves the interface while it is worked on; null in a build, which then has no code for it. */
declare const __BITW_DEV_SERVER__: string | null
interface ImportMeta {
  /** Files as text, which the build puts in. */
  glob(
    pattern: string,
    options: { readonly query: '?raw'; readonly import: 'default'; readonly eager: true },
  ): Record<string, string>
}
