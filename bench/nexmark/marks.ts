/** What a running job tells the benchmark: lines of the job's log. */
const PREFIX = 'nexmark:'

export function marked(what: string, value: string | number): void {
  console.log(`${PREFIX} ${what} ${value}`)
}

/** The values of one kind of mark in the lines of a log. */
export function marksIn(lines: readonly string[], what: string): string[] {
  const start = `${PREFIX} ${what} `
  return lines.filter(line => line.startsWith(start)).map(line => line.slice(start.length))
}
