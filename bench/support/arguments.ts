import { parseArgs } from 'node:util'

/** Reads `--name value` and `--flag` arguments; ends the process with exit code 2 and the usage when they are wrong. */
export function benchArguments(
  usage: string,
  options: Record<string, { type: 'string' | 'boolean'; default?: string | boolean }>,
): Record<string, string | boolean | undefined> {
  try {
    return parseArgs({ options, strict: true }).values as Record<string, string | boolean | undefined>
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nusage: ${usage}\n`)
    process.exit(2)
  }
}

export function wholeNumber(text: unknown, name: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) {
    process.stderr.write(`--${name} takes a whole number from 1, not '${String(text)}'\n`)
    process.exit(2)
  }
  return value
}

/** One line of JSON, or the same for people. */
export function printResult(result: Record<string, unknown>, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return
  }
  const width = Math.max(...Object.keys(result).map(key => key.length))
  for (const [key, value] of Object.entries(result)) {
    const text = typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(3) : String(value)
    process.stdout.write(`${key.padEnd(width)}  ${text}\n`)
  }
}

/** The name among those that an option takes; an error that lists them where it is none. */
export function oneOf<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const found = names.find(name => name === value)
  if (found === undefined) throw new Error(`--${option} is one of ${names.join(', ')}, not '${value}'`)
  return found
}

/** The number that an option takes; an error where it is no whole number, or below `min`. */
export function wholeFrom(min: number, option: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= min) return value
  throw new Error(`--${option} takes a whole number from ${min}, not '${text}'`)
}
