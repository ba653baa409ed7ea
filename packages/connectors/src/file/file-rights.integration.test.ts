import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tempFolder } from '../testing/temp-folder.ts'

const folder = tempFolder({ 'open/a.txt': 'a' })
mkdirSync(join(folder.path, 'unreadable'))
writeFileSync(join(folder.path, 'unreadable/a.txt'), 'a')
writeFileSync(join(folder.path, 'open/secret.txt'), 'a')
chmodSync(folder.path, 0o755)
chmodSync(join(folder.path, 'unreadable'), 0o000)
chmodSync(join(folder.path, 'open/secret.txt'), 0o000)
mkdirSync(join(folder.path, 'locked'))
chmodSync(join(folder.path, 'locked'), 0o555)
afterAll(folder.remove)

/**
 * The error of an expression over `discover` and `open`, evaluated by a user without rights of its own. For
 * root nothing is forbidden, so a process of root gives its rights up first (after loading what it needs).
 */
function errorOf(expression: string): string {
  const script = `
    import { discoverFileSplits } from ${JSON.stringify(join(import.meta.dirname, 'discover-splits.ts'))}
    import { fileSinkRuntime } from ${JSON.stringify(join(import.meta.dirname, 'file-sink-writer.ts'))}
    if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534) }
    const workdir = ${JSON.stringify(folder.path)}
    const discover = path => discoverFileSplits({ path, format: 'lines' }, { parallelism: 1, workdir })
    const open = path => fileSinkRuntime.createWriter({ path, format: 'lines' }, { workdir, subtask: {}, operator: 'x' }).open()
    console.log(await ${expression}.then(() => 'no error', error => error.code + ': ' + error.message))`
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }).trim()
}

test.each([
  ['a folder without the right to read', `discover('unreadable')`, 'unreadable'],
  ['a file without the right to read', `discover('open/secret.txt')`, 'open/secret.txt'],
  ['a file without the right to read among others', `discover('open')`, 'open/secret.txt'],
  ['a sink in a folder without the right to write', `open('locked/out')`, 'locked/out'],
])('%s is an error that names it', (_, expression, path) => {
  const error = errorOf(expression)
  expect(error).toMatch(/^FILE_ACCESS: cannot .*: permission denied; give the user that runs Weir the right to it$/)
  expect(error).toContain(` ${join(folder.path, path)}: `)
})

test('what the rights allow is no error', () => {
  expect(errorOf(`discover('open/a.txt')`)).toBe('no error')
})
