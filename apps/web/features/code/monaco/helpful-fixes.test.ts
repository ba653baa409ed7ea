import { expect, test } from 'vitest'
import { helpfulFixes, isUnknownName } from './helpful-fixes.ts'
import { languageService } from './testing.ts'

const SDK = `
export declare class Stream<T> {
  map<R>(fn: (value: T) => R): Stream<R>
}
export declare function collectSink(): object
`

/** What is offered for all errors of a text: by TypeScript, and of that what helps. */
function fixesOf(text: string) {
  const service = languageService({ '/job.ts': text, '/sdk.ts': SDK })
  const found = service.getSemanticDiagnostics('/job.ts').map(({ code, start, length }) => {
    const all = service.getCodeFixesAtPosition('/job.ts', start!, start! + length!, [code], {}, {})
    return { code, all, helpful: helpfulFixes(all, [code], '/job.ts') }
  })
  return {
    codes: found.map(({ code }) => code),
    all: found.flatMap(({ all }) => all.map(({ fixName }) => fixName)),
    helpful: found.flatMap(({ helpful }) => helpful.map(({ description }) => description)),
  }
}

test('an unknown name is not to be declared', () => {
  const { codes, all, helpful } = fixesOf('export const a = nowhere(1)')
  expect(isUnknownName(codes)).toBe(true)
  expect(all).not.toEqual([])
  expect(helpful).toEqual([])
})

test('a name with a mistake gets the one that was meant, and no other offer', () => {
  const text = "import { collectSink } from '@weir/sdk'\nexport const sink = colectSink()"
  expect(fixesOf(text).helpful).toEqual(["Change spelling to 'collectSink'"])
})

test('a method of the SDK that is not there is not to be written into the SDK', () => {
  const text = "import type { Stream } from '@weir/sdk'\nexport const a = (s: Stream<number>) => s.mapp(x => x)"
  expect(fixesOf(text).helpful).toEqual(["Change spelling to 'map'"])
  const odd = "import type { Stream } from '@weir/sdk'\nexport const a = (s: Stream<number>) => s.joinWithAll(1)"
  expect(fixesOf(odd).all).not.toEqual([])
  expect(fixesOf(odd).helpful).toEqual([])
})

test('names of Node and of browsers are not to be installed', () => {
  const { codes, helpful } = fixesOf("export const a = document.title + require('fs')")
  expect(codes).toHaveLength(2)
  expect(isUnknownName([codes[0]!]) && isUnknownName([codes[1]!])).toBe(true)
  expect(helpful).toEqual([])
})

test('functions are not made asynchronous', () => {
  const { all, helpful } = fixesOf('export const f = (): number => { return await (1 as never) }')
  expect(all).toContain('fixAwaitInSyncFunction')
  expect(helpful).toEqual([])
})

test('other fixes stay', () => {
  const text = 'interface A { a: number; b: string }\nexport const a: A = { a: 1 }'
  expect(fixesOf(text).helpful).toEqual(['Add missing properties'])
})
