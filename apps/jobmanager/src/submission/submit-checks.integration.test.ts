import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { type JobGraph, jobGraphSchema } from '@weir/engine/graph/job-graph'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SourceCatalog } from '../dispatcher/ports.ts'
import { ConfinedSources } from './confined-sources.ts'
import { PathRules } from './path-rules.ts'
import { fromStoredBundle, toStoredBundle } from './stored-bundle.ts'
import { SubmitChecks } from './submit-checks.ts'

let folder: string
let splitPaths: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-checks-'))
  for (const name of ['home/credentials', 'home/uploads/ada', 'data', 'other']) {
    mkdirSync(join(folder, name), { recursive: true })
  }
  writeFileSync(join(folder, 'data/in.txt'), 'x')
  splitPaths = []
})

afterEach(() => rmSync(folder, { recursive: true }))

const catalog: SourceCatalog = {
  discoverSplits: async type => {
    if (type === 'missing') throw new WeirError('FILE_ACCESS', 'there is no such file')
    return splitPaths.map(path => ({ id: path, state: { path } }))
  },
}

function checks(fileRoots: readonly string[] | null = null): SubmitChecks {
  const home = join(folder, 'home')
  const rules = new PathRules({ fileRoots, home, uploads: join(home, 'uploads') })
  return new SubmitChecks({ sources: new ConfinedSources(catalog, rules), rules, workdir: folder })
}

function graphOf(type: string, path?: string): JobGraph {
  const config = path === undefined ? {} : { path }
  const node = { uid: 'n', type, name: 'the node', config }
  if (type !== 'fileSink') return jobGraphSchema.parse({ name: 'g', nodes: [node], edges: [] })
  return jobGraphSchema.parse({
    name: 'g',
    nodes: [{ uid: 's', type: 'datagenSource', name: 's' }, node],
    edges: [{ from: 's', to: 'n' }],
  })
}

const codeOf = async (graph: JobGraph, fileRoots: readonly string[] | null = null): Promise<string | null> =>
  checks(fileRoots)
    .check(graph)
    .then(
      () => null,
      (error: unknown) => {
        if (!(error instanceof WeirError)) throw error
        expect(error.message).toContain('the node')
        expect(error.place.operator).toBe('n')
        return error.code
      },
    )

describe('SubmitChecks', () => {
  it('lets paths through that exist and lie outside of WEIR_HOME', async () => {
    expect(await codeOf(graphOf('fileSource', 'data/in.txt'))).toBe(null)
    expect(await codeOf(graphOf('fileSource', '*.txt'))).toBe(null)
    expect(await codeOf(graphOf('fileSink', 'out/not/there/yet'))).toBe(null)
  })

  it('refuses every way into WEIR_HOME', async () => {
    symlinkSync(join(folder, 'home/credentials'), join(folder, 'data/link'))
    for (const path of ['home', 'home/credentials/admin-token', 'data/../home', 'data/link/x', 'home/*/x']) {
      expect(await codeOf(graphOf('fileSource', path))).toBe('PATH_NOT_ALLOWED')
    }
    expect(await codeOf(graphOf('fileSink', 'home/out'))).toBe('PATH_NOT_ALLOWED')
    expect(await codeOf(graphOf('fileSink', 'home/uploads/ada/out'))).toBe('PATH_NOT_ALLOWED')
  })

  it('refuses a folder or pattern that holds files of WEIR_HOME', async () => {
    splitPaths = ['data/in.txt', 'home/credentials/admin-token']
    expect(await codeOf(graphOf('fileSource', '**/*'))).toBe('PATH_NOT_ALLOWED')
  })

  it('lets jobs read what users uploaded', async () => {
    splitPaths = ['home/uploads/ada/in.txt']
    expect(await codeOf(graphOf('fileSource', 'home/uploads/ada/in.txt'))).toBe(null)
  })

  it('confines paths to WEIR_FILE_ROOTS when it is set', async () => {
    const roots = [join(folder, 'data')]
    expect(await codeOf(graphOf('fileSource', 'data/in.txt'), roots)).toBe(null)
    expect(await codeOf(graphOf('fileSource', 'other/in.txt'), roots)).toBe('PATH_NOT_ALLOWED')
    expect(await codeOf(graphOf('fileSink', 'data/../other/out'), roots)).toBe('PATH_NOT_ALLOWED')
  })

  it('refuses a sink whose folder is a file, or lies below one', async () => {
    expect(await codeOf(graphOf('fileSink', 'data/in.txt'))).toBe('FILE_ACCESS')
    expect(await codeOf(graphOf('fileSink', 'data/in.txt/out'))).toBe('FILE_ACCESS')
  })

  it('names the operator whose input is missing', async () => {
    expect(await codeOf(graphOf('missing'))).toBe('FILE_ACCESS')
  })

  it('finds all that is refused, once for each operator', async () => {
    const graph = jobGraphSchema.parse({
      name: 'g',
      nodes: [
        { uid: 'secret', type: 'fileSource', name: 'secret', config: { path: 'home/credentials' } },
        { uid: 'gone', type: 'missing', name: 'gone' },
        { uid: 'fine', type: 'fileSource', name: 'fine', config: { path: 'data/in.txt' } },
        { uid: 'out', type: 'fileSink', name: 'out', config: { path: 'data/in.txt' } },
      ],
      edges: ['secret', 'gone', 'fine'].map(from => ({ from, to: 'out' })),
    })
    const problems = await checks().problems(graph)
    expect(problems.map(({ code, place }) => [code, place.operator])).toEqual([
      ['PATH_NOT_ALLOWED', 'secret'],
      ['FILE_ACCESS', 'out'],
      ['FILE_ACCESS', 'gone'],
    ])
    expect(await checks().problems(graphOf('fileSource', 'data/in.txt'))).toEqual([])
  })
})

describe('a stored bundle', () => {
  it('gives back bundle and source map', () => {
    for (const sourceMap of ['', '{"version":3,"x":"ä"}']) {
      expect(fromStoredBundle(toStoredBundle('export default 1\n', sourceMap))).toEqual({
        bundle: 'export default 1\n',
        sourceMap,
      })
    }
  })
})
