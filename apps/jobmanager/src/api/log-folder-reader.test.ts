import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LogFolderReader } from './log-folder-reader.ts'

let folder: string
let reader: LogFolderReader
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-logs-'))
  reader = new LogFolderReader(folder)
})
afterEach(() => rmSync(folder, { recursive: true }))

function line(second: number, msg: string, job = 'job_1'): string {
  return `${JSON.stringify({ level: 'info', time: `2026-01-01T00:00:0${second}.000Z`, msg, job })}\n`
}

async function messages(after?: string, limit = 100): Promise<{ msgs: string[]; cursor: string }> {
  const tail = await reader.read({ jobId: 'job_1', limit, ...(after === undefined ? {} : { after }) })
  return { msgs: tail.lines.map(({ msg }) => msg), cursor: tail.cursor }
}

describe('the log of a job', () => {
  it('is merged from all processes by time, without the lines of other jobs', async () => {
    writeFileSync(join(folder, 'jobmanager.log'), line(1, 'submitted') + line(4, 'running'))
    writeFileSync(join(folder, 'tm-1.log'), line(2, 'deployed') + line(3, 'other', 'job_2') + line(5, 'hello'))
    expect((await messages()).msgs).toEqual(['submitted', 'deployed', 'running', 'hello'])
    expect((await messages(undefined, 2)).msgs).toEqual(['running', 'hello'])
  })

  it('is followed by cursor: nothing twice, nothing lost, over rotation and new processes', async () => {
    const file = join(folder, 'tm-1.log')
    writeFileSync(file, line(1, 'one'))
    const first = await messages()
    expect((await messages(first.cursor)).msgs).toEqual([])
    appendFileSync(file, line(2, 'two'))
    renameSync(file, join(folder, 'tm-1.1.log'))
    writeFileSync(file, line(3, 'three'))
    writeFileSync(join(folder, 'tm-2.log'), line(4, 'four'))
    const second = await messages(first.cursor)
    expect(second.msgs).toEqual(['two', 'three', 'four'])
    appendFileSync(join(folder, 'tm-2.log'), line(5, 'five'))
    expect((await messages(second.cursor)).msgs).toEqual(['five'])
  })

  it('is empty where nothing was logged yet', async () => {
    rmSync(folder, { recursive: true })
    const { msgs, cursor } = await messages()
    expect(msgs).toEqual([])
    expect((await messages(cursor)).msgs).toEqual([])
    folder = mkdtempSync(join(tmpdir(), 'weir-logs-'))
  })

  it('begins at its start when the cursor is garbled', async () => {
    writeFileSync(join(folder, 'tm-1.log'), line(1, 'one'))
    const garbled = ['[1]', '"x"', 'null', '{"tm-1.log":5}', '{"tm-1.log":"a:b"}', '{"__proto__":{"tm-1.log":"0:9"}}']
    const encoded = garbled.map(text => Buffer.from(text).toString('base64url'))
    for (const cursor of ['nonsense', '', ...encoded]) {
      expect((await messages(cursor)).msgs, cursor).toEqual(['one'])
    }
  })
})
