import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ADMIN_TOKEN } from '../../jobmanager/test/api-harness.ts'
import { CliWithApi } from './cli-harness.ts'

let cli: CliWithApi
beforeEach(async () => {
  cli = await new CliWithApi().open()
})
afterEach(() => cli.shut())

describe('weir list', () => {
  it('shows the jobs in aligned columns, newest first, without colours where there is no terminal', async () => {
    await cli.submit('a-rather-long-name')
    const second = await cli.submit('b')
    cli.parts.controlPlane.setStatus(second, 'FINISHED')
    const { code, stdout, stderr } = await cli.run(['list'])
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^JOB {11}NAME {16}STATUS {4}PARALLELISM {2}SUBMITTED/)
    expect(lines[1]).toMatch(/^job_00000002 {2}b {19}FINISHED {2} {10}1 {2}/)
    expect(lines[2]).toMatch(/^job_00000001 {2}a-rather-long-name {2}RUNNING {3} {10}1 {2}/)
    expect(stdout).not.toContain('\u001b')
  })

  it('prints the bodies of the API with --json', async () => {
    const id = await cli.submit()
    const { stdout } = await cli.run(['list', '--json'])
    expect(JSON.parse(stdout)).toEqual([
      {
        job_id: id,
        name: 'words',
        status: 'RUNNING',
        parallelism: 1,
        submitted_at: '2026-01-02T03:04:05.000Z',
        started_at: '2026-01-02T03:04:05.000Z',
        finished_at: null,
        restarts: 0,
      },
    ])
  })

  it('says what to do when there is none', async () => {
    const { code, stdout, stderr } = await cli.run(['list'])
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain('weir deploy')
    expect((await cli.run(['list', '--json'])).stdout).toBe('[]\n')
  })
})

describe('weir status', () => {
  it('shows the error with its operator, and the load of each vertex', async () => {
    const id = await cli.submit()
    const error = { operator: 'split', subtask: 1, message: 'x is not a function', stack: 'at y' }
    cli.parts.controlPlane.setStatus(id, 'FAILED', error)
    const { code, stdout } = await cli.run(['status', id])
    expect(code).toBe(0)
    expect(stdout).toContain(`words  ${id}  FAILED`)
    expect(stdout).toContain('operator split[1]: x is not a function')
    expect(stdout).toMatch(/numbers {2}.*1 {2}RUNNING {2}tm-1 .* 10 {3}20 .*3 {2}25 % .* 0 %/)
    expect(stdout).not.toContain('at y')
  })

  it('says why a job waits', async () => {
    cli.parts.controlPlane.statusAfterSubmit = 'CREATED'
    const { stdout } = await cli.run(['status', await cli.submit()])
    expect(stdout).toContain('needs 8 slots, 4 are free')
  })

  it('is 1 for an unknown job', async () => {
    const { code, stdout, stderr } = await cli.run(['status', 'job_ffffffff'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe('error: there is no job job_ffffffff\n')
  })

  it('gives the error as JSON with --json', async () => {
    const { code, stdout, stderr } = await cli.run(['status', 'job_ffffffff', '--json'])
    expect([code, stdout]).toEqual([1, ''])
    const detail = 'there is no job job_ffffffff'
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'NOT_FOUND', detail, problems: [] } })
  })

  it('takes an id for nothing but an id', async () => {
    const { code, stderr } = await cli.run(['status', '../tokens?x='])
    expect(code).toBe(1)
    expect(stderr).toContain('there is no job ../tokens?x=')
  })
})

describe('weir cancel', () => {
  it('cancels, and says so when the job had ended', async () => {
    const id = await cli.submit()
    expect(await cli.run(['cancel', id])).toMatchObject({ code: 0, stdout: `${id} CANCELLING\n` })
    cli.parts.controlPlane.setStatus(id, 'CANCELED')
    expect((await cli.run(['cancel', id])).stdout).toBe(`${id} CANCELED: it had ended before\n`)
    expect(JSON.parse((await cli.run(['cancel', id, '--json'])).stdout)).toEqual({ job_id: id, status: 'CANCELED' })
  })
})

describe('weir logs', () => {
  const line = { level: 'warn', time: '2026-01-02T03:04:05.000Z', msg: 'slow', operator: 'split', subtask: 2 }

  it('shows lines with their operator', async () => {
    const id = await cli.submit()
    cli.parts.logTail = { lines: [line], cursor: 'c1' }
    expect((await cli.run(['logs', id])).stdout).toBe('2026-01-02T03:04:05.000Z WARN  split[2] slow\n')
    const { stdout } = await cli.run(['logs', id, '--json', '--lines', '7', '--operator', 'split', '--subtask', '2'])
    expect(JSON.parse(stdout)).toEqual(line)
    expect(cli.parts.logQueries.at(-1)).toEqual({ jobId: id, limit: 7, operator: 'split', subtask: 2 })
  })

  it('follows from the cursor until the job has ended', async () => {
    const id = await cli.submit()
    cli.parts.logTail = { lines: [line], cursor: 'c1' }
    const following = cli.start(['logs', id, '-f'])
    await following.until('slow')
    cli.parts.logTail = { lines: [{ ...line, msg: 'slower' }], cursor: 'c2' }
    await following.until('slower')
    cli.parts.logTail = { lines: [], cursor: 'c3' }
    cli.parts.controlPlane.setStatus(id, 'FINISHED')
    const { code } = await following.result
    expect(code).toBe(0)
    expect(cli.parts.logQueries.map(query => query.after)).toEqual(
      expect.arrayContaining([undefined, 'c1', 'c2', 'c3']),
    )
  })

  it('ends at Ctrl-C', async () => {
    const id = await cli.submit()
    cli.parts.logTail = { lines: [line], cursor: 'c1' }
    const following = cli.start(['logs', id, '--follow'])
    await following.until('slow')
    following.interrupt()
    expect((await following.result).code).toBe(0)
  })
})

describe('weir rows', () => {
  it('shows what print and collect sinks got, a printed line as it is', async () => {
    const id = await cli.submit()
    cli.parts.controlPlane.addRow(id, 'print-1', 'words[0]> {"word":"sea"}')
    cli.parts.controlPlane.addRow(id, 'collect-1', { word: 'sea', count: 2 })
    const printed = 'words[0]> {"word":"sea"}\n'
    const collected = 'collect-1[0] {"word":"sea","count":2}\n'
    expect(await cli.run(['rows', id])).toEqual({ code: 0, stdout: printed + collected, stderr: '' })
    expect((await cli.run(['rows', id, '--operator', 'collect-1'])).stdout).toBe(collected)
    expect(JSON.parse((await cli.run(['rows', id, '--json'])).stdout)).toMatchObject([
      { operator: 'print-1', subtask: 0, row: 'words[0]> {"word":"sea"}' },
      { operator: 'collect-1', subtask: 0, row: { word: 'sea', count: 2 } },
    ])
  })

  it('says so when there are none', async () => {
    const { code, stdout, stderr } = await cli.run(['rows', await cli.submit()])
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain('no rows yet')
  })
})

describe('weir login', () => {
  it('prints a link that logs in', async () => {
    const { code, stdout } = await cli.run(['login'])
    expect(code).toBe(0)
    const opened = await fetch(stdout.trim(), { redirect: 'manual' })
    expect(opened.status).toBe(303)
    expect(JSON.parse((await cli.run(['login', '--json'])).stdout).expires_at).toBe('2026-01-02T03:19:05.000Z')
  })
})

describe('weir token', () => {
  it('prints the token in use, alone on stdout', async () => {
    expect(await cli.run(['token'])).toEqual({ code: 0, stdout: `${ADMIN_TOKEN}\n`, stderr: '' })
    expect(JSON.parse((await cli.run(['token', '--json'])).stdout)).toEqual({ token: ADMIN_TOKEN })
  })

  it('makes, lists and revokes tokens', async () => {
    const made = await cli.run(['token', 'create', 'ci', '--role', 'viewer', '--expires', '12h'])
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^weir_[\w-]{43}\n$/) })
    const WEIR_TOKEN = made.stdout.trim()
    expect((await cli.run(['list'], { WEIR_TOKEN })).code).toBe(0)
    expect(await cli.run(['login'], { WEIR_TOKEN })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('admin'),
    })
    const [token] = JSON.parse((await cli.run(['token', 'list', '--json'])).stdout)
    expect(token).toMatchObject({ name: 'ci', role: 'viewer', expires_at: '2026-01-02T15:04:05.000Z' })
    expect((await cli.run(['token', 'list'])).stdout).toContain(token.id)
    expect((await cli.run(['token', 'revoke', token.id])).code).toBe(0)
    expect((await cli.run(['list'], { WEIR_TOKEN })).code).toBe(4)
  })

  it('wants a role and a time that is one', async () => {
    expect((await cli.run(['token', 'create', 'ci'])).code).toBe(2)
    expect((await cli.run(['token', 'create', 'ci', '--role', 'root'])).code).toBe(2)
    expect((await cli.run(['token', 'create', 'ci', '--role', 'admin', '--expires', 'soon'])).code).toBe(2)
  })
})

describe('the cluster', () => {
  it('is found by the token file of WEIR_HOME', async () => {
    const folder = join(cli.folder, 'home/credentials')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'admin-token'), `${ADMIN_TOKEN}\n`, { mode: 0o600 })
    expect((await cli.run(['list'], { WEIR_TOKEN: '' })).code).toBe(0)
  })

  it('that refuses the token, or is given none, is exit code 4', async () => {
    const wrong = await cli.run(['list'], { WEIR_TOKEN: 'not-the-right-token' })
    expect(wrong).toMatchObject({ code: 4, stderr: expect.stringContaining('not one of this cluster') })
    const none = await cli.run(['list'], { WEIR_TOKEN: '' })
    expect(none).toMatchObject({ code: 4, stderr: expect.stringContaining('set WEIR_TOKEN') })
  })

  it('that does not answer is exit code 3, with or without a token', async () => {
    const unreachable = { code: 3, stderr: expect.stringContaining('no cluster answers at http://127.0.0.1:9') }
    expect(await cli.run(['list'], { WEIR_URL: 'http://127.0.0.1:9' })).toMatchObject(unreachable)
    expect(await cli.run(['list'], { WEIR_URL: 'http://127.0.0.1:9', WEIR_TOKEN: '' })).toMatchObject(unreachable)
  })

  it('that is something else is exit code 3', async () => {
    const other = createServer((_, response) => response.end('<h1>hello</h1>')).listen(0, '127.0.0.1')
    await new Promise(resolve => other.once('listening', resolve))
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    expect(await cli.run(['list'], { WEIR_URL: url })).toMatchObject({ code: 3, stderr: expect.stringContaining(url) })
    other.close()
  })
})
