import 'monaco-editor/features/register.all'
import * as monaco from 'monaco-editor/editor'
import { conf, language } from 'monaco-editor/languages/definitions/typescript/typescript'
import { getTypeScriptWorker, typescriptDefaults } from 'monaco-editor/languages/features/typescript/register'
import { COMPILER_OPTIONS } from './compiler-options.ts'
import { offerImports, offerSkeleton } from './completions.ts'
import type { ImportCompletion } from './import-completions.ts'
import type { OperatorCall, OperatorPlace } from './operator-calls.ts'
import { followTheme } from './theme.ts'
import { inTwoSteps } from './two-steps.ts'
import { loadTypings } from './typings.ts'

export type Monaco = typeof monaco
export type { OperatorCall, OperatorPlace }

/** A fix that TypeScript offers for an error. */
export interface CodeFix {
  /** The kind, the same in every language. */
  readonly fixName: string
  readonly description: string
  readonly changes: readonly {
    readonly fileName: string
    readonly textChanges: readonly {
      readonly span: { readonly start: number; readonly length: number }
      readonly newText: string
    }[]
  }[]
}

/** Of the worker in `ts.worker.ts`, what is asked of it here. Positions are offsets of the model's text. */
export interface TypeScript {
  operatorCalls(fileName: string, places: readonly OperatorPlace[]): Promise<readonly OperatorCall[]>
  topStatements(fileName: string): Promise<readonly { readonly start: number; readonly end: number }[]>
  importCompletions(fileName: string, offset: number): Promise<readonly ImportCompletion[]>
  getCodeFixesAtPosition(
    fileName: string,
    start: number,
    end: number,
    errorCodes: readonly number[],
    format: object,
  ): Promise<readonly CodeFix[]>
}

export const LANGUAGE = 'typescript'
/** TypeScript's colours without its services: for texts that are shown and not worked on. */
export const COLOURS_ONLY = 'typescript-text'

/** Monaco with the language of jobs and the typings of the SDK; the same one for whoever asks. */
export const loadMonaco: () => Promise<Monaco> = inTwoSteps(setUp, addTypings)

function setUp(): Monaco {
  globalThis.MonacoEnvironment = { getWorker }
  registerLanguages()
  typescriptDefaults.setCompilerOptions(COMPILER_OPTIONS)
  typescriptDefaults.setDiagnosticsOptions({ noSemanticValidation: false, noSyntaxValidation: false })
  typescriptDefaults.setEagerModelSync(true)
  offerImports(monaco, LANGUAGE, async (uri, offset) =>
    (await typeScriptOf(uri)).importCompletions(uri.toString(), offset),
  )
  offerSkeleton(monaco, LANGUAGE)
  followTheme(monaco)
  return monaco
}

/** The editor works without; whoever comes next asks for them again. */
async function addTypings(): Promise<void> {
  typescriptDefaults.setExtraLibs(await loadTypings())
  // Widths of letters are measured once, perhaps before the font was there.
  void document.fonts.ready.then(() => monaco.editor.remeasureFonts())
}

/** The worker of the language, with the text of the model as it is now. */
export async function typeScriptOf(uri: monaco.Uri): Promise<TypeScript> {
  const worker = await getTypeScriptWorker()
  return (await worker(uri)) as unknown as TypeScript
}

function getWorker(_moduleId: string, label: string): Worker {
  return label === LANGUAGE
    ? new Worker(new URL('./ts.worker.ts', import.meta.url), { type: 'module', name: label })
    : new Worker(new URL('./editor.worker.ts', import.meta.url), { type: 'module', name: label })
}

function registerLanguages(): void {
  const colours = withFunctionNames(language)
  for (const id of [LANGUAGE, COLOURS_ONLY]) {
    monaco.languages.register({ id })
    monaco.languages.setLanguageConfiguration(id, conf)
    // Tokens of compared texts have names of their own, since they stand on coloured ground.
    monaco.languages.setMonarchTokensProvider(id, id === LANGUAGE ? colours : { ...colours, tokenPostfix: '.compared' })
  }
}

/** Names before a parenthesis get a colour of their own: calls of methods are what a job is made of. */
function withFunctionNames(plain: monaco.languages.IMonarchLanguage): monaco.languages.IMonarchLanguage {
  const { common, ...others } = plain.tokenizer
  if (common === undefined) return plain
  const rules: monaco.languages.IMonarchLanguageRule[] = [
    // Behind a dot every word is a name: `Array.from` is no keyword.
    [new RegExp(`(\\.)(${NAME})${BEFORE_ARGUMENTS}`), ['delimiter', 'function']],
    [new RegExp(`(\\.)(${NAME})`), ['delimiter', 'identifier']],
    [new RegExp(`${NAME}${BEFORE_ARGUMENTS}`), { cases: { '@keywords': 'keyword', '@default': 'function' } }],
  ]
  return { ...plain, tokenizer: { ...others, common: [...rules, ...common] } }
}

const NAME = '[a-z_$][\\w$]*'
const BEFORE_ARGUMENTS = '(?=\\s*(?:<[^<>()]*>\\s*)?\\()'
