export interface Room {
  readonly folder: string
  readonly holds: string
  readonly rooms: readonly string[]
  readonly packages: readonly string[]
}
export const rooms: readonly Room[]
export function roomOf(file: string): Room | null
export function importFault(file: string, specifier: string, typeOnly: boolean): string | null
export function roomTable(): string[]
