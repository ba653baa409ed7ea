import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { WeirError } from '@weir/engine/base/errors'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import { transformSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ErrorPlaces } from './error-places.ts'

const source = `interface Order { price: { amount: number } }

export const priced = (order: Order): number => {
  return order.price.amount
}
export const later = (order: Order): number => { setTimeout(() => { throw new Error('too late') }); return 1 }
`

let folder: string
let bundleFile: string
let places: ErrorPlaces
let functions: { priced: (order: unknown) => number; later: (order: unknown) => number }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-places-'))
  bundleFile = join(folder, 'job.mjs')
  const { code, map } = transformSync(source, { loader: 'ts', sourcemap: true, sourcefile: 'src/job.ts' })
  writeFileSync(bundleFile, code)
  functions = await import(`${pathToFileURL(bundleFile).href}?instance=3`)
  const graph = jobGraphSchema.parse({
    name: 'orders',
    nodes: [
      { uid: 'p', type: 'map', name: 'price of it', config: { fn: functions.priced.toString() } },
      { uid: 'l', type: 'map', name: 'later', config: { fn: functions.later.toString() } },
    ],
    edges: [],
  })
  places = new ErrorPlaces(bundleFile, map, graph)
})

afterAll(() => rmSync(folder, { recursive: true }))

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('an error of user code', () => {
  it('is put on the line of the user’s own file', () => {
    const thrown = thrownBy(() => functions.priced({}))
    const placed = places.place(WeirError.from(thrown, 'USER_FUNCTION', { operator: 'price of it', subtask: 1 }))
    expect(placed.place).toMatchObject({ operator: 'price of it', subtask: 1, file: 'src/job.ts', line: 4 })
    expect(placed.stack).toContain('src/job.ts:4:')
    expect(placed.stack).not.toContain('job.mjs')
    expect(placed).toMatchObject({ code: 'USER_FUNCTION', cause: thrown })
  })

  it('keeps what it is when there is no source map or no stack', () => {
    const error = new WeirError('USER_FUNCTION', 'x')
    expect(
      new ErrorPlaces(bundleFile, '', {
        ...jobGraphSchema.parse({ name: 'n', nodes: [{ uid: 'a', type: 'map', name: 'a' }], edges: [] }),
      }).place(error),
    ).toBe(error)
    error.stack = undefined
    expect(places.place(error)).toBe(error)
  })

  it('from elsewhere keeps its stack', () => {
    const error = new WeirError('PROTOCOL', 'from the engine')
    expect(places.place(error).stack).toBe(error.stack)
    expect(places.place(error).place).toEqual({})
  })
})

describe('an error outside of any call', () => {
  it('is that of the operator in whose function it was thrown', () => {
    const thrown = thrownBy(() => functions.priced({}))
    const error = places.ofAsyncCode(thrown, 'a promise was rejected and nobody handled it')
    expect(error).toMatchObject({ code: 'USER_FUNCTION', place: { operator: 'price of it' } })
    expect(error.message).toMatch(/^operator 'price of it': a promise was rejected and nobody handled it: Cannot read/)
  })

  it('from code of no operator is that of the job', () => {
    const error = places.ofAsyncCode(new Error('who knows'), 'an error was thrown outside of an operator call')
    expect(error.place).toEqual({})
    expect(error.message).toBe('the job: an error was thrown outside of an operator call: who knows')
  })

  it.each([
    ['just text', 'just text'],
    [undefined, 'undefined was thrown; throw an Error that says what is wrong'],
    [null, 'null was thrown; throw an Error that says what is wrong'],
    [Symbol('s'), 'Symbol(s) was thrown; throw an Error that says what is wrong'],
  ])('may be anything: %s', (thrown, text) => {
    expect(places.ofAsyncCode(thrown, 'rejected').message).toBe(`the job: rejected: ${text}`)
  })
})
