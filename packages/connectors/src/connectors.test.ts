import { build } from 'esbuild'
import { expect, test } from 'vitest'
import * as factories from './index.ts'
import { sinks, sources } from './runtime.ts'
import { CONNECTOR_SPECS } from './specs.ts'

const specOf = (type: string) => CONNECTOR_SPECS.find(spec => spec.type === type)

test('every connector has a spec and a runtime of one kind', () => {
  for (const spec of CONNECTOR_SPECS) {
    const runtime = spec.kind === 'source' ? sources : sinks
    expect(runtime.get(spec.type)?.type, spec.type).toBe(spec.type)
  }
  expect([...sources.keys(), ...sinks.keys()].toSorted()).toEqual(CONNECTOR_SPECS.map(spec => spec.type).toSorted())
})

test.each([
  factories.fileSource({ path: 'a', format: 'lines' }),
  factories.fileSource({ path: 'a', format: 'json', onError: 'skip', watch: false }),
  factories.fileSource({ path: 'a', format: 'csv', schema: { id: 'integer' }, multiline: false, onError: undefined }),
  factories.datagenSource({ generator: index => index }),
  factories.datagenSource<{ id: number }>({ rowsPerSecond: 0.5, count: 3, seed: -1, fields: { id: { int: [1, 1] } } }),
  factories.fileSink({ path: 'out', format: 'lines' }),
  factories.fileSink({ path: 'out', format: 'json', rollBytes: 1_000, rollMs: 100 }),
  factories.fileSink({ path: 'out', format: 'csv', columns: ['id'] }),
  factories.collectSink(),
  factories.printSink(),
  factories.printSink('label'),
  factories.blackholeSink(),
  factories.customSource({ splits: 3, bounded: false, open: () => ({ poll: () => 'nothing', position: () => 0 }) }),
  factories.customSink({ open: () => ({ write: () => undefined }) }),
])('the config of $kind $type fits its spec, as JSON', ({ kind, type, config }) => {
  expect(specOf(type)?.kind).toBe(kind)
  expect(specOf(type)?.config.safeParse(JSON.parse(JSON.stringify(config))).error?.issues).toBeUndefined()
})

test.each([
  ['fileSource', { path: '', format: 'lines' }, /path of a file/],
  ['fileSource', { path: 'a', format: 'xml' }, /must be "lines", "json" or "csv"/],
  ['fileSource', { path: 'a', format: 'lines', watch: true }, /watch/],
  ['fileSource', { path: 'a', format: 'json', schema: {} }, /only the format "csv" has "schema"/],
  [
    'fileSource',
    { path: 'a', format: 'csv', schema: { id: 'int' } },
    /must be one of integer, number, boolean, string/,
  ],
  ['fileSink', { path: 'a', format: 'json', rollMs: 1 }, /at least 100/],
  ['fileSink', { path: 'a', format: 'json', columns: ['a'] }, /only the format "csv" has "columns"/],
  ['print', { label: '' }, /label/],
])('the spec of %s refuses %j', (type, config, message) => {
  const issues = specOf(type)?.config.safeParse(config).error?.issues ?? []
  expect(
    issues
      .map(
        issue => `${[...issue.path, ...('keys' in issue ? (issue.keys as string[]) : [])].join('.')}: ${issue.message}`,
      )
      .join('\n'),
  ).toMatch(message)
})

test('watching for files is refused in words', () => {
  expect(() => factories.fileSource({ path: 'a', format: 'lines', watch: true as never })).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(/"watch"/) }),
  )
})

test('what jobs import brings no module of Node and no package with it', async () => {
  const { metafile } = await build({
    entryPoints: [`${import.meta.dirname}/../../sdk/src/index.ts`],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    logLevel: 'silent',
  })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs.length).toBeGreaterThan(20)
  expect(inputs.filter(path => path.includes('node_modules/'))).toEqual([])
  const external = Object.values(metafile.outputs).flatMap(output => output.imports)
  expect(external).toEqual([])
})
