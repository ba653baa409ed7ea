import { libFileMap } from 'monaco-editor/languages/features/typescript/lib/lib'
import { typescript } from 'monaco-editor/languages/features/typescript/lib/typescriptServices'
import type { TsDiagnostic, TsProgram } from './compiler.ts'
import type { OfferedFix } from './helpful-fixes.ts'
import type { OfferedNames } from './import-completions.ts'

export interface LanguageService {
  getProgram(): TsProgram
  getSemanticDiagnostics(fileName: string): TsDiagnostic[]
  getCodeFixesAtPosition(
    fileName: string,
    start: number,
    end: number,
    codes: readonly number[],
    format: object,
    preferences: object,
  ): readonly (OfferedFix & { readonly description: string })[]
  getCompletionsAtPosition(fileName: string, position: number, preferences: undefined): OfferedNames | undefined
}

interface TestFiles {
  readonly '/job.ts': string
  readonly '/sdk.ts': string
  /** Declares what is there without an import. */
  readonly '/platform.d.ts'?: string
}

/** The compiler that the editor's worker has, on files of a test: `/job.ts`, which finds `@weir/sdk` in `/sdk.ts`. */
export function languageService(own: TestFiles): LanguageService {
  const files: Record<string, string> = { ...own, ...libFileMap }
  edition++
  const host = {
    getCompilationSettings: () => SETTINGS,
    getScriptFileNames: () => Object.keys(own),
    getScriptVersion: (name: string) => (name in own ? String(edition) : 'lib'),
    getScriptSnapshot: (name: string) => (name in files ? ts.ScriptSnapshot.fromString(files[name]!) : undefined),
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => 'lib.es2024.d.ts',
    fileExists: (name: string) => name in files,
    readFile: (name: string) => files[name],
  }
  return ts.createLanguageService(host, registry)
}

const ts = typescript as typeof typescript & {
  createDocumentRegistry(): object
  createLanguageService(host: object, registry: object): LanguageService
  ScriptSnapshot: { fromString(text: string): object }
}

/** Has read the library of the language once for all tests of a file: that takes longer than all else. */
const registry = ts.createDocumentRegistry()
let edition = 0

const SETTINGS = {
  strict: true,
  target: 99,
  module: 99,
  moduleResolution: 2,
  lib: ['lib.es2024.d.ts'],
  paths: { '@weir/sdk': ['/sdk.ts'] },
}

export { typescript } from 'monaco-editor/languages/features/typescript/lib/typescriptServices'
