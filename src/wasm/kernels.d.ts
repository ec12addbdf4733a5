declare module 'virtual:wasm-kernels' {
  const base64: string
  export default base64
}

declare module 'virtual:wasm-jpeg' {
  const base64: string
  export default base64
}
