import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CliWithApi } from './cli-harness.ts'

const JOB = `import { StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('words')
env.fromElements(1, 2).print()
export default env
`

let cli: CliWithApi
beforeEach(async () => {
  cli = await new CliWithApi().open()
  mkdirSync(join(cli.folder, 'lib'))
  write('package.json', '{ "name": "jobs" }')
  write('job.ts', JOB)
  write('lib/twice.ts', 'export const twice = (x: number) => x * 2')
})
afterEach(() => cli.shut())

function write(name: string, text: string): void {
  writeFileSync(join(cli.folder, name), text)
}

function sent(): { fileName: string; text: string; name?: string; parallelism?: number } {
  const { fileName, content, name, parallelism } = cli.parts.controlPlane.submitted.at(-1)!
  return { fileName, text: new TextDecoder().decode(content), name, parallelism }
}

describe('weir deploy', () => {
  it('sends the file as it stands, and prints the job with what to do next', async () => {
    const { code, stdout, stderr } = await cli.run(['deploy', 'job.ts', '--name', 'mine', '--parallelism', '3'])
    expect([code, stdout]).toEqual([0, 'job_00000001 RUNNING\n'])
    expect(stderr).toMatch(/\S\/weir status job_00000001/)
    expect(sent()).toEqual({ fileName: 'job.ts', text: JOB, name: 'mine', parallelism: 3 })
  })

  it('says what the cluster notes at the start of the job', async () => {
    cli.parts.controlPlane.notices = ['checkpoints are not there']
    const { code, stdout, stderr } = await cli.run(['deploy', 'job.ts'])
    expect([code, stdout]).toEqual([0, 'job_00000001 RUNNING\n'])
    expect(stderr).toContain('warning: checkpoints are not there\n')
  })

  it('prints the answer of the API alone with --json', async () => {
    expect(await cli.run(['deploy', 'job.ts', '--json'])).toEqual({
      code: 0,
      stdout: '{"job_id":"job_00000001","status":"RUNNING"}\n',
      stderr: '',
    })
  })

  it('bundles what the job imports of its project', async () => {
    write('job.ts', `import { twice } from './lib/twice.ts'\n${JOB.replace('1, 2', 'twice(1), 2')}`)
    expect((await cli.run(['deploy', 'job.ts'])).code).toBe(0)
    expect(sent().fileName).toBe('job.js')
    expect(sent().text).toContain('x * 2')
  })

  it('sends nothing when the job cannot be bundled', async () => {
    write('job.ts', 'const a = {')
    const syntax = await cli.run(['deploy', 'job.ts'])
    expect(syntax).toMatchObject({ code: 1, stderr: expect.stringContaining('job.ts:1') })
    write('job.ts', `import fs from 'node:fs'\n${JOB}export const x = fs`)
    const node = await cli.run(['deploy', 'job.ts'])
    expect(node).toMatchObject({ code: 1, stderr: expect.stringContaining('node:fs') })
    expect(cli.parts.controlPlane.submitted).toEqual([])
  })

  it('tells what the cluster refuses, with operator and line', async () => {
    write('job.ts', `// fails: "nope" is no operator\n${JOB}`)
    const { code, stdout, stderr } = await cli.run(['deploy', 'job.ts'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('error: "nope" is no operator\n  line 3:5, operator split\n')
  })

  it('tells that there is no TaskManager', async () => {
    cli.parts.controlPlane.taskManagerViews = []
    const { code, stderr } = await cli.run(['deploy', 'job.ts'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('No available TaskManagers for scheduling')])
  })

  it('says why the job waits', async () => {
    cli.parts.controlPlane.statusAfterSubmit = 'CREATED'
    const { code, stdout, stderr } = await cli.run(['deploy', 'job.ts'])
    expect([code, stdout]).toEqual([0, 'job_00000001 CREATED\n'])
    expect(stderr).toContain('It waits: needs 8 slots, 4 are free.')
  })

  it('is 3 when no cluster answers and 4 when the token may not submit', async () => {
    expect((await cli.run(['deploy', 'job.ts'], { WEIR_URL: 'http://127.0.0.1:9' })).code).toBe(3)
    const { token } = await cli.parts.access.createToken('x', { role: 'operator', seeRecords: false }, null)
    const { code, stderr } = await cli.run(['deploy', 'job.ts'], { WEIR_TOKEN: token })
    expect([code, stderr]).toEqual([4, expect.stringContaining('it takes developer')])
  })
})

describe('weir deploy --wait', () => {
  it('is 0 once the job has finished', async () => {
    const waiting = cli.start(['deploy', 'job.ts', '--wait'])
    await waiting.until('job_00000001')
    cli.parts.controlPlane.setStatus('job_00000001', 'FINISHED')
    expect(await waiting.result).toMatchObject({ code: 0, stdout: 'job_00000001 FINISHED\n' })
  })

  it('is 1 with the operator when the job fails', async () => {
    const waiting = cli.start(['deploy', 'job.ts', '--wait'])
    await waiting.until('job_00000001')
    const error = { operator: 'split', subtask: 1, message: 'x is not a function', stack: 'at y' }
    cli.parts.controlPlane.setStatus('job_00000001', 'FAILED', error)
    const { code, stdout, stderr } = await waiting.result
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('error: job job_00000001 failed: x is not a function\n  operator split[1]\n')
    expect(stderr).not.toContain('at y')
  })

  it('prints the last status with --json, and is 1 when the job was cancelled', async () => {
    const waiting = cli.start(['deploy', 'job.ts', '--wait', '--json'])
    while (cli.parts.controlPlane.submitted.length === 0) await new Promise(done => setTimeout(done, 20))
    cli.parts.controlPlane.setStatus('job_00000001', 'CANCELED')
    const { code, stdout } = await waiting.result
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ job_id: 'job_00000001', status: 'CANCELED' })
  })

  it('leaves the job running at Ctrl-C, and says so', async () => {
    const waiting = cli.start(['deploy', 'job.ts', '--wait'])
    await waiting.until('job_00000001')
    waiting.interrupt()
    const { code, stderr } = await waiting.result
    expect([code, stderr]).toEqual([130, expect.stringContaining('job job_00000001 goes on')])
    expect((await cli.parts.controlPlane.jobStatus('job_00000001')).status).toBe('RUNNING')
  })
})
