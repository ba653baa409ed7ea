import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tryLockFolder } from '@weir/process/folder-lock'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clusterFile } from './supervisor.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weir-check-home-'))
})
afterEach(() => rmSync(home, { recursive: true }))

/** What `npm start` runs before it builds the web app. */
async function checkHome(): Promise<{ code: number | null; said: string }> {
  const script = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, [script, '--check-home'], { env: { ...process.env, WEIR_HOME: home } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (said += text))
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  return { code, said }
}

test('a WEIR_HOME that nobody has is said to be free, and stays so', async () => {
  expect(await checkHome()).toEqual({ code: 0, said: '' })
  expect(await checkHome()).toEqual({ code: 0, said: '' })
})

test('a WEIR_HOME that a running cluster has is refused with where that is', async () => {
  const lock = tryLockFolder(home, 'cluster')
  try {
    writeFileSync(clusterFile({ home }), JSON.stringify({ pid: 4711, url: 'http://127.0.0.1:9' }))
    const { code, said } = await checkHome()
    expect(code).toBe(1)
    expect(said).toContain(`WEIR_HOME ${home} is in use by the cluster at http://127.0.0.1:9 (process 4711)`)
  } finally {
    lock?.release()
  }
})
