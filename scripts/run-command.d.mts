export class CommandError extends Error {
  readonly output: string
  constructor(message: string, output: string)
}
export interface CommandOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  advice?: string
  show?: 'start' | 'end'
  onLine?: (line: string) => void
  echo?: NodeJS.WritableStream
  timeoutMs?: number
  allowFailure?: boolean
}
export function runCommand(
  command: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>
