/** For the configurations in TypeScript. */
export function sourceHash(root: string): string
