import { expect, test } from 'vitest'
import { importEdit, wordAt } from './import-fix.ts'

function withImport(text: string, name: string): string | undefined {
  const edit = importEdit(text, name)
  return edit && text.slice(0, edit.start) + edit.newText + text.slice(edit.start + edit.length)
}

test('a name is added where the alphabet puts it', () => {
  expect(withImport("import { collectSink, printSink } from '@weir/sdk'\nx()", 'fileSource')).toBe(
    "import { collectSink, fileSource, printSink } from '@weir/sdk'\nx()",
  )
})

test('an import over several lines stays one', () => {
  expect(withImport("// first\nimport {\n  type Collector,\n  printSink,\n} from '@weir/sdk'\n", 'fileSink')).toBe(
    "// first\nimport {\n  type Collector,\n  fileSink,\n  printSink,\n} from '@weir/sdk'\n",
  )
})

test('an import that grows too long is broken into lines', () => {
  const names = Array.from({ length: 12 }, (_, index) => `aLongName${index}`)
  expect(withImport(`import { ${names.join(', ')} } from '@weir/sdk'`, 'z')).toMatch(/^import \{\n {2}aLongName0,\n/)
})

test('without an import of the SDK there is one, at the top', () => {
  expect(withImport('env.go()', 'fileSource')).toBe("import { fileSource } from '@weir/sdk'\n\nenv.go()")
})

test('what is imported already is left alone', () => {
  expect(importEdit("import { type Collector } from '@weir/sdk'", 'Collector')).toBeUndefined()
})

test('only a whole name is looked up', () => {
  expect(wordAt('a fileSource(', 2, 12)).toBe('fileSource')
  expect(wordAt('a fileSource(', 0, 12)).toBeUndefined()
})
