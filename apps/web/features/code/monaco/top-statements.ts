import type { TsProgram } from './compiler.ts'

/** Where the statements of a file begin and end, but for those that stand in others; offsets of its text. */
export function topStatements(
  program: TsProgram,
  fileName: string,
): readonly { readonly start: number; readonly end: number }[] {
  const file = program.getSourceFile(fileName)
  const statements: { readonly start: number; readonly end: number }[] = []
  file?.forEachChild(node => {
    // The last child is the end of the file.
    if (node.getEnd() > node.getStart(file)) statements.push({ start: node.getStart(file), end: node.getEnd() })
    return undefined
  })
  return statements
}
