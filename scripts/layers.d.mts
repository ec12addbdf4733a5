export function importFault(file: string, specifier: string, typeOnly: boolean): string | null
export function roomTable(): string[]
