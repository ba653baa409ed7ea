import { importEdit, type TextEdit } from '../monaco/import-fix.ts'
import { isBlank, skeletonOf } from '../start/skeleton.ts'
import { insertionOf, openQuote } from './sample-path.ts'
import { formatOf, type SampleText, sourceOf } from './sample-source.ts'

/** Where a statement of the file begins and ends; only those that stand in no other. */
export interface Statement {
  readonly start: number
  readonly end: number
}

/** Edits of one step, none of which touches another; the first holds what the caret goes behind. */
export type Insertion = readonly [main: TextEdit, ...others: readonly TextEdit[]]

/**
 * Makes a text read a sample file. Where the caret stands a value may be missing (`addSource(|)`): there the source is
 * written. Between quotes it is the bare path. Anywhere else it becomes a statement of its own, behind the one with the
 * caret and behind the environment; a text that holds nothing becomes a whole job.
 */
export function insertSample(
  sample: SampleText,
  text: string,
  caret: number,
  statements: readonly Statement[],
): Insertion {
  if (isBlank(text)) {
    const step = formatOf(sample) === 'lines' ? 'line => line.trim()' : 'record => ({ ...record })'
    const job = skeletonOf(sourceOf(sample, '  '), { imports: ['fileSource'], step })
    return [{ start: 0, length: text.length, newText: job }]
  }
  const lineStart = text.lastIndexOf('\n', caret - 1) + 1
  const before = text.slice(lineStart, caret)
  if (openQuote(before) !== null) {
    return [{ start: caret, length: 0, newText: insertionOf(sample.path, before, before.length + 1) }]
  }
  if (isValueMissing(text, caret, statements)) {
    const indent = /^\s*/.exec(before)![0]
    return withImports(text, { start: caret, length: 0, newText: sourceOf(sample, indent) }, ['fileSource'])
  }
  const environment = /(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*new\s+StreamExecutionEnvironment\b/.exec(text)
  const statement = `const ${freeConstant(sample.name, text)} = ${environment?.[1] ?? 'env'}.addSource(${sourceOf(sample)})`
  if (environment === null) {
    const made = `const env = new StreamExecutionEnvironment('my-pipeline')\n\n${statement}`
    return withImports(text, { start: text.length, length: 0, newText: `\n${made}\n` }, [
      'fileSource',
      'StreamExecutionEnvironment',
    ])
  }
  const at = placeOfStatement(text, caret, environment.index, statements)
  return withImports(text, { start: at, length: 0, newText: `\n\n${statement}` }, ['fileSource'])
}

/** In a job that is written as JSON: the path as a text, or bare between quotes. */
export function insertPath({ path }: SampleText, text: string, caret: number): Insertion {
  const line = text.slice(text.lastIndexOf('\n', caret - 1) + 1, caret)
  const quoted = JSON.stringify(path)
  return [{ start: caret, length: 0, newText: openQuote(line) === null ? quoted : quoted.slice(1, -1) }]
}

/** After `(`, `,`, `=` and the like, and before what may follow a value: not in a comment, nor between statements. */
function isValueMissing(text: string, caret: number, statements: readonly Statement[]): boolean {
  if (!statements.some(({ start, end }) => start < caret && caret <= end)) return false
  const before = text.slice(0, caret).trimEnd()
  const after = text.slice(caret)
  if (/\/\/[^\n]*$/.test(text.slice(0, caret))) return false
  const isWanted = /(?:[(,:?]|=>|[^=!<>]=|\breturn)$/.test(before)
  const isFree = /^[ \t]*(?:[),;\]}]|\r?\n|$)/.test(after)
  return isWanted && isFree
}

/** The end of the statement with the caret, or before it; not before the environment is there, nor behind the export. */
function placeOfStatement(text: string, caret: number, environment: number, statements: readonly Statement[]): number {
  const endOf = (at: number) => statements.findLast(({ start }) => start <= at)?.end ?? 0
  const exported = statements.find(({ start }) => /^export\s+default\b/.test(text.slice(start)))
  const last = exported === undefined ? text.length : endOf(exported.start - 1)
  return Math.min(Math.max(endOf(caret), endOf(environment)), last)
}

function withImports(text: string, main: TextEdit, names: readonly string[]): Insertion {
  // Of several names only the last edit counts: each is made on the text with those before it.
  let imported = text
  for (const name of names) {
    const edit = importEdit(imported, name)
    if (edit !== undefined) {
      imported = imported.slice(0, edit.start) + edit.newText + imported.slice(edit.start + edit.length)
    }
  }
  if (imported === text) return [main]
  // What the imports have changed lies between an equal beginning and an equal end.
  let start = 0
  while (text[start] === imported[start] && start < text.length) start++
  let same = 0
  while (same < text.length - start && text.at(-1 - same) === imported.at(-1 - same)) same++
  const length = text.length - start - same
  return [main, { start, length, newText: imported.slice(start, imported.length - same) }]
}

/** `orders-2024.csv` becomes `orders2024`; with a number behind it where the text has that word already. */
function freeConstant(fileName: string, text: string): string {
  const words = fileName.replace(/\.[^.]*$/, '').split(/[^A-Za-z0-9]+/)
  const joined = words
    .filter(word => word !== '')
    .map((word, at) => (at === 0 ? word[0]!.toLowerCase() : word[0]!.toUpperCase()) + word.slice(1))
    .join('')
  const name = /^[A-Za-z]/.test(joined) ? joined : `sample${joined}`
  // The path of another sample may well have the word in it.
  const code = text.replaceAll(/'[^'\n]*'|"[^"\n]*"/g, '')
  const isTaken = (one: string) => new RegExp(`\\b${one}\\b`).test(code)
  for (let number = 1; ; number++) {
    const one = number === 1 ? name : `${name}${number}`
    if (!isTaken(one)) return one
  }
}
