import type { TsProgram } from './compiler.ts'

/** One replacement of text. */
export interface TextEdit {
  readonly start: number
  readonly length: number
  readonly newText: string
}

export const SDK = '@weir/sdk'

/** What `import { … } from '@weir/sdk'` can name. */
export function sdkExports(program: TsProgram, entry: string): ReadonlySet<string> {
  const file = program.getSourceFile(entry)
  const symbol = file?.symbol
  if (symbol === undefined) return new Set()
  return new Set(
    program
      .getTypeChecker()
      .getExportsOfModule(symbol)
      .map(({ name }) => name),
  )
}

const IMPORT = /^import\s*\{([^}]*)\}\s*from\s*(['"])@weir\/sdk\2;?/m

/**
 * Adds a name to the import of the SDK, in the order of the alphabet as the import has it, or begins such an import.
 * Undefined when it is there already.
 */
export function importEdit(text: string, name: string): TextEdit | undefined {
  const found = IMPORT.exec(text)
  if (found === null)
    return { start: 0, length: 0, newText: `import { ${name} } from '${SDK}'\n${text === '' ? '' : '\n'}` }
  const [whole, list = ''] = found
  const names = list
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '')
  const plain = names.map(one => one.replace(/^type\s+/, ''))
  if (plain.includes(name)) return undefined
  const at = plain.findIndex(one => one.toLowerCase() > name.toLowerCase())
  const all = at < 0 ? [...names, name] : [...names.slice(0, at), name, ...names.slice(at)]
  const oneLine = `import { ${all.join(', ')} } from`
  const newText =
    list.includes('\n') || oneLine.length > 110 ? `{\n  ${all.join(',\n  ')},\n}` : `{ ${all.join(', ')} }`
  const open = found.index + whole.indexOf('{')
  return { start: open, length: whole.indexOf('}') - whole.indexOf('{') + 1, newText }
}

/** The word around an offset: the name that TypeScript does not know. */
export function wordAt(text: string, start: number, end: number): string | undefined {
  const word = text.slice(start, end)
  return /^[A-Za-z_$][\w$]*$/.test(word) ? word : undefined
}
