/** Modules of Monaco that come without declarations: what the editor uses of them. */
declare module 'monaco-editor/language/typescript/ts.worker' {
  export class TypeScriptWorker {
    constructor(context: unknown, data: unknown)
    getLanguageService(): {
      getProgram(): import('./compiler.ts').TsProgram | undefined
      getCompletionsAtPosition(
        fileName: string,
        position: number,
        preferences: undefined,
      ): import('./import-completions.ts').OfferedNames | undefined
    }
    getSemanticDiagnostics(
      fileName: string,
    ): Promise<(import('./compiler.ts').TsDiagnostic & { readonly messageText: string | object })[]>
    getCompletionsAtPosition(
      fileName: string,
      offset: number,
    ): Promise<import('./import-completions.ts').OfferedNames | undefined>
    getCodeFixesAtPosition(
      fileName: string,
      start: number,
      end: number,
      errorCodes: readonly number[],
      format: object,
    ): Promise<readonly import('./load-monaco.ts').CodeFix[]>
  }
  export function initialize(create: (context: unknown, data: unknown) => unknown): void
  export const ts: { readonly typescript: import('./compiler.ts').Ts }
}

declare module 'monaco-editor/languages/definitions/typescript/typescript' {
  export const conf: import('monaco-editor/editor').languages.LanguageConfiguration
  export const language: import('monaco-editor/editor').languages.IMonarchLanguage
}

declare module 'monaco-editor/languages/features/typescript/lib/typescriptServices' {
  export const typescript: import('./compiler.ts').Ts & Record<string, unknown>
}

declare module 'monaco-editor/languages/features/typescript/lib/lib' {
  export const libFileMap: Readonly<Record<string, string>>
}

declare module 'monaco-editor/editor/editor.worker'
