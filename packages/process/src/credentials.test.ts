import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adminToken, adminTokenFile, clusterSecret, credentialsFolder, existingAdminToken } from './credentials.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weir-credentials-'))
})
afterEach(() => rmSync(home, { recursive: true }))

test('a token of 256 bits is made once, in a file that only its owner may read', () => {
  const token = adminToken({ home, token: null })
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  expect(adminToken({ home, token: null })).toBe(token)
  expect(readFileSync(adminTokenFile({ home }), 'utf8').trim()).toBe(token)
  expect(statSync(adminTokenFile({ home })).mode & 0o777).toBe(0o600)
  expect(statSync(credentialsFolder({ home })).mode & 0o777).toBe(0o700)
  expect(clusterSecret({ home })).not.toBe(token)
})

test('WEIR_TOKEN stands in its place, and then no file is made', () => {
  expect(adminToken({ home, token: 'given-from-outside' })).toBe('given-from-outside')
  expect(readdirSync(home)).toEqual([])
})

test('a client finds the token but never makes one', () => {
  expect(existingAdminToken({ home, token: null })).toBeNull()
  const token = adminToken({ home, token: null })
  expect(existingAdminToken({ home, token: null })).toBe(token)
})

test('processes that make it at the same moment get the same secret', async () => {
  const script = `
    import { clusterSecret } from '${join(import.meta.dirname, 'credentials.ts')}'
    while (Date.now() < ${Date.now() + 700});
    console.log(clusterSecret({ home: '${home}' }))`
  const runs = Array.from({ length: 4 }, () =>
    text(
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout,
    ),
  )
  const secrets = new Set(await Promise.all(runs))
  expect(secrets.size).toBe(1)
  expect([...secrets][0]!.trim()).toBe(clusterSecret({ home }))
  expect(readdirSync(credentialsFolder({ home }))).toEqual(['cluster-secret'])
})

test('a file that others could read is closed to them; an empty one is an error that says what to do', () => {
  adminToken({ home, token: null })
  const file = adminTokenFile({ home })
  chmodSync(file, 0o644)
  adminToken({ home, token: null })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  writeFileSync(file, '\n')
  expect(() => adminToken({ home, token: null })).toThrow('delete it, and a new one is made')
})
