/**
 * The part of TypeScript's compiler API that the editor's worker uses. Monaco carries the compiler without declarations
 * of it; these few say what is relied on, and `operator-calls.test.ts` runs against the real thing.
 */
export interface TsNode {
  readonly kind: number
  readonly parent: TsNode | undefined
  getStart(file?: TsSourceFile): number
  getEnd(): number
  forEachChild<R>(visit: (child: TsNode) => R | undefined): R | undefined
  /** Of calls and of `a.b`: what stands before the parentheses or the dot. */
  readonly expression?: TsNode
  /** Of `a.b`: b. */
  readonly name?: TsNode
  /** Of identifiers. */
  readonly text?: string
}

export interface TsSourceFile extends TsNode {
  readonly text: string
  /** What the module exports; absent where it is none. */
  readonly symbol?: TsSymbol
  readonly fileName: string
}

export interface TsSymbol {
  readonly name: string
  readonly flags: number
  getDocumentationComment(checker: TsChecker): readonly { readonly text: string }[]
}

export interface TsType {
  readonly flags: number
  readonly symbol?: TsSymbol
  readonly aliasSymbol?: TsSymbol
  isClassOrInterface(): boolean
  getProperties(): readonly TsSymbol[]
  getCallSignatures(): readonly unknown[]
}

export interface TsChecker {
  getTypeAtLocation(node: TsNode): TsType
  /** What an `export { x } from '…'` stands for; only for symbols with the flag Alias. */
  getAliasedSymbol(symbol: TsSymbol): TsSymbol
  getExportsOfModule(module: TsSymbol): readonly TsSymbol[]
  getTypeArguments(type: TsType): readonly TsType[]
  getTypeOfSymbolAtLocation(symbol: TsSymbol, node: TsNode): TsType
  typeToString(type: TsType, at?: TsNode, flags?: number): string
}

export interface TsProgram {
  getSourceFile(fileName: string): TsSourceFile | undefined
  getTypeChecker(): TsChecker
}

/** A diagnostic without its file, as the worker hands it out. */
export interface TsDiagnostic {
  /** 1 is an error. */
  readonly category: number
  readonly code: number
  readonly start: number | undefined
  readonly length: number | undefined
  /** A text, or several that explain each other. */
  readonly messageText: unknown
}

/** The namespace `ts`. */
export interface Ts {
  isCallExpression(node: TsNode): boolean
  isPropertyAccessExpression(node: TsNode): boolean
  isIdentifier(node: TsNode): boolean
  readonly TypeFormatFlags: { readonly NoTruncation: number; readonly InTypeAlias: number }
  readonly TypeFlags: { readonly Object: number }
  readonly SymbolFlags: {
    readonly Alias: number
    readonly Function: number
    readonly Class: number
    readonly Variable: number
  }
}
