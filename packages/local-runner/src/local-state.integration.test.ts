import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runLocally } from './run-locally.ts'

const KEYS = 20_000
const RECORDS = 60_000

it('a job in one process sends state to disk that does not fit into memory, and reads it back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-local-state-'))
  try {
    const file = join(folder, 'visits.ts')
    await writeFile(
      file,
      `import { collectSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'
      const env = new StreamExecutionEnvironment('visits')
      env
        .addSource(datagenSource({ count: ${RECORDS}, generator: index => index % ${KEYS} }))
        .keyBy(n => 'visitor number ' + n)
        .statefulMap<{ n: number; visits: number; note: string }, { visits: number; note: string }>((key, n, held) => {
          const visits = (held?.visits ?? 0) + 1
          return [[{ n, visits, note: held?.note ?? key }], { visits, note: key }]
        })
        .addSink(collectSink())
      export default env`,
    )
    const visits = new Int32Array(KEYS)
    let wrong = 0
    const { status } = await runLocally({
      file,
      workdir: folder,
      stateMb: 1,
      onRow: ({ row }) => {
        const { n, visits: count, note } = row as { n: number; visits: number; note: string }
        visits[n]!++
        if (count !== visits[n] || note !== `visitor number ${n}`) wrong++
      },
    })
    expect(status).toBe('FINISHED')
    expect(wrong).toBe(0)
    expect(visits.every(count => count === RECORDS / KEYS)).toBe(true)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 60_000)
