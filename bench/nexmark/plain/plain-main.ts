import { Generator } from '../generator.ts'
import { PLAIN_QUERIES } from './plain-queries.ts'
import type { PlainRequest, PlainRun } from './run-plain.ts'

/** The limit of a query's benchmark: one thread, one loop, nothing around it. Prints a PlainRun of the last of three runs. */
const { query, events, ...options } = JSON.parse(process.argv[2] as string) as PlainRequest
const make = PLAIN_QUERIES[query]
if (make === undefined) throw new Error(`there is no plain program for ${query}`)
let run: PlainRun | undefined
for (let times = 0; times < 2; times++) {
  const generator = new Generator(options)
  const cpu = process.cpuUsage()
  const began = performance.now()
  const plain = make()
  generator.emitAll(events, plain.take)
  const rows = plain.end()
  const { user, system } = process.cpuUsage(cpu)
  run = { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6, rows }
}
process.stdout.write(JSON.stringify(run))
