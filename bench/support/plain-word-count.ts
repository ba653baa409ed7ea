import { createReadStream } from 'node:fs'

/**
 * The limit of the word-count benchmark: one loop in one file that reads, splits and counts, with nothing around it.
 * Prints `{ records, seconds, cpuSeconds }`.
 */
const began = performance.now()
const counts = new Map<string, { word: string; count: number }>()
let records = 0
let rest = ''
for await (const chunk of createReadStream(process.argv[2], { encoding: 'utf8', highWaterMark: 1 << 20 })) {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) count(line)
}
count(rest)

function count(line: string): void {
  for (const word of line.toLowerCase().match(/[a-z']+/g) ?? []) {
    records++
    const entry = counts.get(word)
    if (entry === undefined) counts.set(word, { word, count: 1 })
    else entry.count++
  }
}

const { user, system } = process.cpuUsage()
const seconds = (performance.now() - began) / 1000
process.stdout.write(JSON.stringify({ records, seconds, cpuSeconds: (user + system) / 1e6, words: counts.size }))
