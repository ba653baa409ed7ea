import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { expect, it } from 'vitest'
import { runLocally } from './run-locally.ts'

const lacking = async (): Promise<void> => {
  throw new WeirError('SYSTEM_LIBRARY', 'the system library libatomic.so.1 is missing')
}

/** Runs a job over three numbers on a machine without the library. */
async function runWithoutLibrary(body: string): Promise<{ readonly rows: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-local-check-'))
  try {
    const file = join(folder, 'job.ts')
    await writeFile(
      file,
      `import { collectSink, StreamExecutionEnvironment } from '@weir/sdk'
      const env = new StreamExecutionEnvironment('numbers')
      ${body}
      export default env`,
    )
    let rows = 0
    await runLocally({ file, workdir: folder, checkSystem: lacking, onRow: () => rows++ })
    return { rows }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

it('a job with keyed state says before it runs that the library for state on disk is missing', async () => {
  await expect(
    runWithoutLibrary('env.fromElements(1, 2, 3).keyBy(n => n).count().addSink(collectSink())'),
  ).rejects.toMatchObject({ code: 'SYSTEM_LIBRARY' })
})

it('a job without keyed state, or whose state stays in memory, runs without it', async () => {
  expect(await runWithoutLibrary('env.fromElements(1, 2, 3).addSink(collectSink())')).toEqual({ rows: 3 })
  const inMemory = `env.setStateBackend('memory')
      env.fromElements(1, 2, 3).keyBy(n => n).count().addSink(collectSink())`
  expect(await runWithoutLibrary(inMemory)).toEqual({ rows: 3 })
})
