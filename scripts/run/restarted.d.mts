export class Restarted {
  constructor(
    command: {
      program: string
      parameters: readonly string[]
      environment: NodeJS.ProcessEnv
      said(line: string): void
    },
    onEnd: (status: number) => void,
  )
  start(environment?: Record<string, string>): Promise<void>
  end(): Promise<void>
}
