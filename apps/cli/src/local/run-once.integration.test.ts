import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Cli } from '../../test/cli-harness.ts'

let cli: Cli
/** Where the run keeps what it has on disk. */
let temp: string
beforeEach(() => {
  cli = new Cli()
  temp = join(mkdtempSync(join(tmpdir(), 'weir-run-once-')), 'temp')
  mkdirSync(temp)
})
afterEach(() => {
  cli.close()
  rmSync(join(temp, '..'), { recursive: true, force: true })
})

/** A job whose operator 'hoarder' runs `body` for the value `i`. */
function jobWith(body: string): string {
  const file = join(cli.folder, 'job.ts')
  writeFileSync(
    file,
    `import { StreamExecutionEnvironment, blackholeSink, datagenSource } from '@weir/sdk'
const env = new StreamExecutionEnvironment('hoard')
env.addSource(datagenSource<number>({ seed: 1, generator: i => i })).map(i => {
    ${body}
    return i
  }).name('hoarder').addSink(blackholeSink())
export default env`,
  )
  return file
}

describe('a job in one process that uses up the memory', () => {
  it.each([
    ['in one array that grows', 'const hoard: number[] = []; for (let k = 0; ; k++) hoard.push(k + 0.5)'],
    ['over many records', '((globalThis as any).hoard ??= []).push(new Array(50000).fill(i))'],
  ])('%s is told by the operator, and leaves nothing on disk', { timeout: 60_000 }, async (_, body) => {
    const env = { MEMORY_SIZE: '256', TMPDIR: temp }
    const { code, stderr } = await cli.start(['run', jobWith(body)], env).result
    expect(stderr).toMatch(/operator 'hoarder' used up the 256 MB of memory/)
    expect(code).toBe(1)
    expect(readdirSync(temp)).toEqual([])
  })
})

describe('an error that no operator call was there to throw fails the run, with the line', () => {
  it.each([
    [
      'of a timer',
      'setTimeout(() => { throw new Error("left behind") }, 1)',
      /thrown outside of an operator call: left behind/,
    ],
    ['that is none', 'setTimeout(() => { throw null }, 1)', /thrown outside of an operator call: null was thrown/],
    [
      'of a promise',
      'void Promise.reject(new Error("left behind"))',
      /a promise was rejected and nobody handled it: left/,
    ],
    ['of a promise, that is none', 'void Promise.reject()', /nobody handled it: undefined was thrown/],
  ])('%s', { timeout: 60_000 }, async (_, body, message) => {
    const { code, stderr } = await cli.start(['run', jobWith(`if (i === 5) ${body}`)], { TMPDIR: temp }).result
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/process\.exit|dist\//)
    if (body.includes('Error')) expect(stderr).toContain('job.ts:4:')
    expect(code).toBe(1)
    expect(readdirSync(temp)).toEqual([])
  })
})

it('memory used up in a loop that V8 cannot interrupt is told by the operator too', { timeout: 100_000 }, async () => {
  const body = 'const hoard: unknown[] = []; for (;;) hoard.push(new Array(1000).fill(i))'
  const { code, stderr } = await cli.start(['run', jobWith(body)], { MEMORY_SIZE: '256', TMPDIR: temp }).result
  expect(stderr).toMatch(/operator 'hoarder' used up the 256 MB of memory/)
  // Without a code where the process had to be ended by a signal, which depends on when the loop was compiled.
  expect([1, null]).toContain(code)
  expect(readdirSync(temp)).toEqual([])
})

it('a run that has to be ended by force leaves nothing on disk', { timeout: 60_000 }, async () => {
  const run = cli.start(['run', jobWith('if (i === 5) { console.log("now it spins"); for (;;); }')], { TMPDIR: temp })
  await run.until('now it spins')
  expect(readdirSync(temp)).not.toEqual([])
  run.interrupt()
  const { code, stderr } = await run.result
  expect(stderr).toContain("a function of operator 'hoarder' does not return")
  expect(code).toBe(130)
  expect(readdirSync(temp)).toEqual([])
})
