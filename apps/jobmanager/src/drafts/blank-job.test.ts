import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BLANK_FILE_NAME, BLANK_JOB } from './blank-job.ts'

const root = join(import.meta.dirname, '../../../..')

/** As the editor in the browser reads it: nothing may be underlined in a job that nobody has touched yet. */
function typeErrors(job: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-blank-'))
  const compilerOptions = {
    strict: true,
    target: 'ES2024',
    lib: ['ES2024'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    types: [],
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    paths: { '@weir/sdk': [join(root, 'packages/sdk/src/index.ts')] },
  }
  try {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    writeFileSync(join(folder, BLANK_FILE_NAME), job)
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    return spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' }).stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('the job that a new pipeline holds compiles under strict', { timeout: 60_000 }, () => {
  expect(typeErrors(BLANK_JOB)).toBe('')
  expect(typeErrors(BLANK_JOB.replace('order.price', 'order.prize'))).toMatch(/'prize' does not exist/)
})
