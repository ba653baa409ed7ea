import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleJob } from '@weir/submission/bundle'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleForUpload } from './bundle-for-upload.ts'
import { readJobFile } from './read-job-file.ts'

const SDK = ['StreamExecutionEnvironment']
const OWN = `import { StreamExecutionEnvironment } from '@weir/sdk'\nexport default new StreamExecutionEnvironment('own')\n`
const FILES: Record<string, string> = {
  'package.json': '{ "name": "project" }',
  'own.ts': OWN,
  'graph.json': '{ "name": "x" }',
  'imports.ts': `import { twice } from './lib/twice.ts'\n${OWN}export const four = twice(2)\n`,
  'broken.ts': 'const a = {',
  'node.ts': `import fs from 'node:fs'\n${OWN}export const x = fs`,
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-upload-'))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'lib'))
  writeFileSync(join(folder, 'lib/twice.ts'), '\n\nexport function twice(n: number): number {\n  return n * 2\n}\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

const upload = (name: string) => bundleForUpload(readJobFile(join(folder, name)), SDK)

describe('what is sent of a job', () => {
  it('is the file as it stands when it imports the SDK alone', async () => {
    expect(await upload('own.ts')).toEqual({ fileName: 'own.ts', content: OWN, bundled: false })
    expect(await upload('graph.json')).toMatchObject({ fileName: 'graph.json', content: '{ "name": "x" }' })
  })

  it('is one module with what it imports, which the cluster takes as an upload', async () => {
    const sent = await upload('imports.ts')
    expect(sent).toMatchObject({ fileName: 'imports.js', bundled: true })
    const received = await bundleJob({
      source: String(sent.content),
      fileName: sent.fileName,
      kind: 'js',
      sdkExports: SDK,
    })
    expect(received.code).toContain('n * 2')
    const { sources } = JSON.parse(received.sourceMap) as { sources: string[] }
    expect(sources).toEqual(expect.arrayContaining([expect.stringContaining('lib/twice.ts')]))
  })

  it('is refused where it stands with its place', async () => {
    await expect(upload('broken.ts')).rejects.toMatchObject({
      code: 'JOB_SYNTAX',
      place: { file: 'broken.ts', line: 1 },
    })
    await expect(upload('node.ts')).rejects.toMatchObject({ code: 'JOB_IMPORT', place: { file: 'node.ts', line: 1 } })
  })
})
