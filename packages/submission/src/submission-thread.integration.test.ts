import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import { SubmissionThread, type SubmissionThreadOptions } from './submission-thread.ts'
import { GOOD, refusal } from './testing/prepare.ts'

const open: SubmissionThread[] = []
afterEach(() => Promise.all(open.splice(0).map(thread => thread.close())))

function thread(options: SubmissionThreadOptions = {}): SubmissionThread {
  const made = new SubmissionThread({ entry: new URL('./testing/tiny-submission.ts', import.meta.url), ...options })
  open.push(made)
  return made
}

const good = { source: `${GOOD}export default env`, fileName: 'job.ts' }
const loop = { source: 'for (;;) {}', fileName: 'loop.ts' }

/** esbuild's processes of this process, ended ones that nobody has looked after included. */
function bundlerProcesses(): string[] {
  const ps = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' })
  return ps.split('\n').filter(line => line.includes('esbuild'))
}

describe('a submission thread', () => {
  test('prepares jobs, several at a time, in the order in which they came', async () => {
    const submissions = thread()
    const order: string[] = []
    const names = ['a', 'b', 'c']
    await Promise.all(
      names.map(async name => {
        const job = await submissions.prepareJob({ ...good, name })
        order.push(job.graph.name)
      }),
    )
    expect(order).toEqual(names)
  })

  test('hands errors over with code, place and problems', async () => {
    const error = await refusal(thread().prepareJob({ source: `import 'node:fs'`, fileName: 'job.ts' }))
    expect(error.code).toBe('JOB_IMPORT')
    expect(error.place).toMatchObject({ file: 'job.ts', line: 1 })
    expect(error.problems).toHaveLength(1)
  })

  test('keeps its own thread free while a job loops', async () => {
    const submissions = thread()
    await submissions.prepareJob(good)
    let ticks = 0
    const ticker = setInterval(() => ticks++, 10)
    expect((await refusal(submissions.prepareJob(loop))).code).toBe('JOB_LIMIT')
    clearInterval(ticker)
    expect(ticks).toBeGreaterThan(50)
  })

  test('ends and replaces a worker that takes too long; the next job does not notice', async () => {
    const submissions = thread({ limitMs: 1_500 })
    await submissions.prepareJob(good)
    const slow = refusal(submissions.prepareJob(loop))
    const next = submissions.prepareJob(good)
    const error = await slow
    expect(error.code).toBe('JOB_LIMIT')
    expect(error.message).toMatch(/^loop\.ts: bundling and evaluating it took more than 1\.5 s; make the file smaller/)
    expect((await next).graph.name).toBe('good')
  })

  test('leaves no process behind, neither when it is closed nor of a worker that was replaced', async () => {
    const before = bundlerProcesses()
    const submissions = thread({ limitMs: 1_000 })
    await submissions.prepareJob(good)
    expect(bundlerProcesses()).toHaveLength(before.length + 1)
    await refusal(submissions.prepareJob(loop))
    await submissions.prepareJob(good)
    await submissions.close()
    await expect.poll(bundlerProcesses, { timeout: 5_000 }).toEqual(before)
  })

  test('refuses more than it has room for', async () => {
    const submissions = thread({ maxWaiting: 1 })
    const first = submissions.prepareJob(good)
    const second = submissions.prepareJob(good)
    const error = await refusal(submissions.prepareJob(good))
    expect(error.code).toBe('CONFLICT')
    expect(error.message).toMatch(/submit again in a moment/)
    await Promise.all([first, second])
  })

  test('says why when its worker cannot start, and rejects what waits when it is closed', async () => {
    const broken = thread({ entry: new URL('./testing/not-there.ts', import.meta.url) })
    const error = await refusal(broken.prepareJob(good))
    expect(error.code).toBe('INTERNAL')
    expect(error.message).toMatch(/not-there/)

    const closing = thread()
    const waiting = Promise.all([refusal(closing.prepareJob(good)), refusal(closing.prepareJob(good))])
    await closing.close()
    expect((await waiting).map(failure => failure.code)).toEqual(['CONFLICT', 'CONFLICT'])
    expect((await refusal(closing.prepareJob(good))).code).toBe('CONFLICT')
  })
})
