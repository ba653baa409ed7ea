import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { WeirError, type WeirErrorJson } from '@weir/engine/base/errors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PreparedJob } from './prepare-job.ts'
import { GOOD, prepare } from './testing/prepare.ts'
import { writeBundle } from './write-bundle.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-user-errors-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** What the function `fn` of an operator throws in a worker that runs the bundle as a slot does. */
async function failureInSlot({ bundle, sourceMap, graphHash }: PreparedJob, uid: string): Promise<WeirError> {
  const file = await writeBundle(bundle, folder)
  const worker = new Worker(new URL('./testing/tiny-slot.ts', import.meta.url), {
    workerData: { file, sourceMap, graphHash, uid },
  })
  const [failure] = (await once(worker, 'message')) as [WeirErrorJson | string]
  if (typeof failure === 'string') throw new Error(failure)
  return WeirError.fromJson(failure)
}

describe('an error of a user function in a slot', () => {
  test('is mapped to line and column in the user’s file', async () => {
    const source = `${GOOD}interface Row { x: number }\nenv.numbers(1).map((x: number) => {\n  const row: Row = { x }\n  if (row.x > 3)\n    throw new RangeError('too many')\n  return x\n}).print()\nexport default env`
    const error = await failureInSlot(await prepare(source), 'map-4')
    expect(error.code).toBe('USER_FUNCTION')
    expect(error.message).toBe('too many')
    expect(error.place).toEqual({ file: 'job.ts', line: 8, column: 10 })
    expect(error.stack).toMatch(/^RangeError: too many\n.*\(?job\.ts:8:11\)?\n/)
    expect(error.stack).not.toContain('.mjs')
  })

  test('of a JSON job is mapped to the line in the function’s text, with its operator', async () => {
    const source = JSON.stringify({
      name: 'json',
      nodes: [
        { uid: 'in', type: 'numbers', name: 'in', config: { count: 1 } },
        { uid: 'bad', type: 'map', name: 'bad', config: { fn: 'x => {\n  throw new Error("no")\n}' } },
      ],
      edges: [{ from: 'in', to: 'bad' }],
    })
    const error = await failureInSlot(await prepare(source, { fileName: 'job.json' }), 'bad')
    expect(error.place).toEqual({ file: 'job.json#fn of bad', operator: 'bad', line: 2, column: 8 })
  })

  test('at the top level of the module is mapped as well', async () => {
    const source = `${GOOD}\nif ('process' in globalThis) throw new Error('only here')\nexport default env`
    const error = await failureInSlot(await prepare(source), 'map-1')
    expect(error.code).toBe('JOB_EVALUATION')
    expect(error.place).toMatchObject({ file: 'job.ts', line: 5 })
  })
})
