declare module 'virtual:wasm-kernels' {
  const base64: string
  export default base64
}
