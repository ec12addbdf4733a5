/** A hash of the sources that this program was built from; the build puts it in. */
declare const __BITW_BUILD__: string
