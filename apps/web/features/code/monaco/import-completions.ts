import type { Ts, TsProgram } from './compiler.ts'
import { importEdit, type TextEdit } from './import-fix.ts'

/** A name of the SDK that a text does not import yet, and what imports it. */
export interface ImportCompletion {
  readonly name: string
  readonly kind: 'class' | 'function' | 'value' | 'type'
  readonly documentation: string
  readonly edit: TextEdit
}

/** What TypeScript itself offers at a place. */
export interface OfferedNames {
  /** What stands there is a part of something else: behind a dot, or in the braces of an import. */
  readonly isMemberCompletion: boolean
  readonly entries: readonly { readonly name: string }[]
}

/**
 * The names of the SDK that may stand at a place and are not in scope there. Monaco asks TypeScript without preferences,
 * so TypeScript offers no name that has to be imported first.
 */
export function importCompletions(
  ts: Ts,
  program: TsProgram,
  text: string,
  sdkEntry: string,
  offered: OfferedNames | undefined,
): readonly ImportCompletion[] {
  const sdk = program.getSourceFile(sdkEntry)?.symbol
  if (sdk === undefined || offered === undefined || offered.isMemberCompletion) return []
  const checker = program.getTypeChecker()
  const inScope = new Set(offered.entries.map(({ name }) => name))
  if (!inScope.has(KNOWN_EVERYWHERE)) return []
  return checker.getExportsOfModule(sdk).flatMap(exported => {
    const edit = inScope.has(exported.name) ? undefined : importEdit(text, exported.name)
    if (edit === undefined) return []
    const symbol = (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported)
    const documentation = symbol
      .getDocumentationComment(checker)
      .map(part => part.text)
      .join('')
    return [{ name: exported.name, kind: kindOf(ts, symbol.flags), documentation, edit }]
  })
}

/** A value and a type of the language: offered wherever any name in scope may stand, and nowhere else. */
const KNOWN_EVERYWHERE = 'Array'

function kindOf({ SymbolFlags }: Ts, flags: number): ImportCompletion['kind'] {
  if ((flags & SymbolFlags.Class) !== 0) return 'class'
  if ((flags & SymbolFlags.Function) !== 0) return 'function'
  return (flags & SymbolFlags.Variable) === 0 ? 'type' : 'value'
}
