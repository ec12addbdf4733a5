/** The package brings no types: what the workbench uses of it. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  export interface JpegDecoder {
    /** Room for a file's bytes in the library's memory; valid until the next call. */
    getEncodedBuffer(byteCount: number): Uint8Array
    /** Throws a number (a C++ exception) on what it cannot decode. */
    decode(): void
    /** [height, width, channels], valid until the next call. */
    getDecodedBuffer(): Uint8Array
    delete(): void
  }
  export default function createLibrary(): Promise<{ JPEGDecoder: new () => JpegDecoder }>
}
