import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProject } from './create-project.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weir-init-'))
})
afterEach(() => rmSync(root, { recursive: true }))

describe('a new project', () => {
  it('refers to the clone by a path, and fetches nothing', async () => {
    const folder = join(root, 'My Jobs', 'Word Count!')
    const { files } = await createProject(folder, join(root, 'the clone'))
    expect(readdirSync(folder).sort()).toEqual([
      '.gitignore',
      'README.md',
      'package.json',
      'src',
      'test',
      'tsconfig.json',
    ])
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    expect(manifest.name).toBe('word-count')
    expect(manifest.scripts.start).toBe('"../../the clone/weir" run src/job.ts')
    expect(manifest).not.toHaveProperty('dependencies')
    expect(manifest).not.toHaveProperty('devDependencies')
    const all = files.map(file => readFileSync(join(folder, file), 'utf8')).join('\n')
    expect(all).not.toMatch(/npx|npm install/)
    const { compilerOptions } = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8'))
    expect(compilerOptions.paths['@weir/sdk']).toEqual(['../../the clone/packages/sdk/src/index.ts'])
  })

  it('may stand in an empty folder, and inside the clone', async () => {
    const folder = join(root, 'jobs')
    mkdirSync(folder)
    await createProject(folder, root)
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toContain('\\"../weir\\" run')
  })

  it('never touches a folder that holds anything', async () => {
    writeFileSync(join(root, '.hidden'), 'mine')
    await expect(createProject(root, '/clone')).rejects.toThrow(/not empty \(it holds .hidden\)/)
    expect(readdirSync(root)).toEqual(['.hidden'])
    await expect(createProject(join(root, '.hidden'), '/clone')).rejects.toThrow(/is a file/)
  })

  it('has a name even where its folder’s gives none', async () => {
    const folder = join(root, '数据')
    await createProject(folder, root)
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name).toBe('job')
  })
})
