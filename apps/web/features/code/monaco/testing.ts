import { libFileMap } from 'monaco-editor/languages/features/typescript/lib/lib'
import { typescript } from 'monaco-editor/languages/features/typescript/lib/typescriptServices'
import type { TsDiagnostic, TsProgram } from './compiler.ts'
import type { OfferedNames } from './import-completions.ts'

export interface LanguageService {
  getProgram(): TsProgram
  getSemanticDiagnostics(fileName: string): TsDiagnostic[]
  getCompletionsAtPosition(fileName: string, position: number, preferences: undefined): OfferedNames | undefined
}

/** The compiler that the editor's worker has, on files of a test: `/job.ts`, which finds `@weir/sdk` in `/sdk.ts`. */
export function languageService(own: { readonly '/job.ts': string; readonly '/sdk.ts': string }): LanguageService {
  const files: Record<string, string> = { ...own, ...libFileMap }
  const ts = typescript as typeof typescript & {
    createLanguageService(host: object): LanguageService
    ScriptSnapshot: { fromString(text: string): object }
  }
  return ts.createLanguageService({
    getCompilationSettings: () => ({
      strict: true,
      target: 99,
      module: 99,
      moduleResolution: 2,
      lib: ['lib.es2024.d.ts'],
      paths: { '@weir/sdk': ['/sdk.ts'] },
    }),
    getScriptFileNames: () => ['/job.ts', '/sdk.ts'],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name: string) => (name in files ? ts.ScriptSnapshot.fromString(files[name]!) : undefined),
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => 'lib.es2024.d.ts',
    fileExists: (name: string) => name in files,
    readFile: (name: string) => files[name],
  })
}

export { typescript } from 'monaco-editor/languages/features/typescript/lib/typescriptServices'
