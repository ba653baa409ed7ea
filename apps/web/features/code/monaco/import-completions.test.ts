import { describe, expect, test } from 'vitest'
import { importCompletions } from './import-completions.ts'
import { languageService, typescript } from './testing.ts'

const SDK = `
/** Where a job begins. */
export declare class StreamExecutionEnvironment { constructor(name: string) }
/** Reads a file. */
export declare function fileSource(path: string): object
export declare const noRestart: object
export interface Collector<T> { collect(value: T): void }
`

/** What is offered at `|`. */
function offeredAt(marked: string) {
  const offset = marked.indexOf('|')
  const text = marked.replace('|', '')
  const service = languageService({ '/job.ts': text, '/sdk.ts': SDK })
  const offered = service.getCompletionsAtPosition('/job.ts', offset, undefined)
  return importCompletions(typescript, service.getProgram(), text, '/sdk.ts', offered)
}
const namesAt = (marked: string) => offeredAt(marked).map(({ name }) => name)
const ALL = ['StreamExecutionEnvironment', 'fileSource', 'noRestart', 'Collector']

describe('names of the SDK that are not imported yet', () => {
  test('are offered in a file that has nothing else, with what they are', () => {
    const offered = offeredAt('Str|')
    expect(Object.fromEntries(offered.map(({ name, kind }) => [name, kind]))).toEqual({
      StreamExecutionEnvironment: 'class',
      fileSource: 'function',
      noRestart: 'value',
      Collector: 'type',
    })
    expect(offered.find(({ name }) => name === 'fileSource')?.documentation).toBe('Reads a file.')
  })

  test('come with the edit that imports them', () => {
    const text = 'const env = new Str'
    const { edit } = offeredAt(`${text}|`).find(({ name }) => name === 'StreamExecutionEnvironment')!
    expect(text.slice(0, edit.start) + edit.newText + text.slice(edit.start + edit.length)).toBe(
      `import { StreamExecutionEnvironment } from '@weir/sdk'\n\n${text}`,
    )
  })

  test('are not offered again when they are imported', () => {
    expect(namesAt("import { fileSource } from '@weir/sdk'\nfile|").sort()).toEqual(
      ALL.filter(name => name !== 'fileSource').sort(),
    )
  })

  test('are not offered where the file has a name of its own like that', () => {
    expect(namesAt('const noRestart = 1\nno|')).not.toContain('noRestart')
  })

  test.each(['const env = new Str|', 'const env = Str|', 'x.addSource(fi|)', 'const out: Co|', 'class A extends Str|'])(
    'are offered at %j',
    marked => {
      expect(namesAt(marked).sort()).toEqual([...ALL].sort())
    },
  )

  test.each(["const text = 'Str|'", 'const list = [1]\nlist.Str|', '// Str|', "import { Str| } from '@weir/sdk'"])(
    'are not offered at %j, where no name of the scope can stand',
    marked => {
      expect(namesAt(marked)).toEqual([])
    },
  )
})
