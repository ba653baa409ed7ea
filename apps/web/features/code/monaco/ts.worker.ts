import { initialize, TypeScriptWorker, ts } from 'monaco-editor/language/typescript/ts.worker'
import { helpfulFixes, isUnknownName } from './helpful-fixes.ts'
import { type ImportCompletion, importCompletions, type OfferedNames } from './import-completions.ts'
import { importEdit, SDK, sdkExports, wordAt } from './import-fix.ts'
import type { CodeFix } from './load-monaco.ts'
import { forJobs } from './offered-members.ts'
import { type OperatorCall, type OperatorPlace, operatorCalls } from './operator-calls.ts'
import { topStatements } from './top-statements.ts'
import { SDK_ENTRY } from './typings.ts'

/** Monaco's TypeScript worker, and what it is asked for beside: operators in the text, and their types. */
class JobWorker extends TypeScriptWorker {
  async operatorCalls(fileName: string, places: readonly OperatorPlace[]): Promise<readonly OperatorCall[]> {
    const program = this.getLanguageService().getProgram()
    // Of a file that was closed while the question was on its way there is nothing to say.
    if (program?.getSourceFile(fileName) === undefined) return []
    return operatorCalls(ts.typescript, program, fileName, places, await this.getSemanticDiagnostics(fileName))
  }

  async topStatements(fileName: string): Promise<ReturnType<typeof topStatements>> {
    const program = this.getLanguageService().getProgram()
    return program === undefined ? [] : topStatements(program, fileName)
  }

  /** Names of the SDK that may stand at a place, and would have to be imported. */
  async importCompletions(fileName: string, offset: number): Promise<readonly ImportCompletion[]> {
    const service = this.getLanguageService()
    const program = service.getProgram()
    const text = program?.getSourceFile(fileName)?.text
    if (program === undefined || text === undefined) return []
    const offered = service.getCompletionsAtPosition(fileName, offset, undefined)
    return importCompletions(ts.typescript, program, text, SDK_ENTRY, offered)
  }

  override async getCompletionsAtPosition(fileName: string, offset: number): Promise<OfferedNames | undefined> {
    return forJobs(await super.getCompletionsAtPosition(fileName, offset))
  }

  /** Those of TypeScript's fixes that help, and before them the import of a name that the SDK has: TypeScript looks for none here. */
  override async getCodeFixesAtPosition(
    fileName: string,
    start: number,
    end: number,
    errorCodes: readonly number[],
    format: object,
  ): Promise<readonly CodeFix[]> {
    const all = await super.getCodeFixesAtPosition(fileName, start, end, errorCodes, format)
    const fixes = helpfulFixes(all, errorCodes, fileName)
    const program = this.getLanguageService().getProgram()
    const text = program?.getSourceFile(fileName)?.text
    if (program === undefined || text === undefined || !isUnknownName(errorCodes)) return fixes
    const name = wordAt(text, start, end)
    if (name === undefined || !sdkExports(program, SDK_ENTRY).has(name)) return fixes
    const edit = importEdit(text, name)
    if (edit === undefined) return fixes
    const { newText, ...span } = edit
    const changes = [{ fileName, textChanges: [{ span, newText }] }]
    return [{ fixName: 'import', description: `Import ${name} from ${SDK}`, changes }, ...fixes]
  }
}

export type { JobWorker }

// The module that is imported above has set a handler that makes its own worker: the first message asks for one.
self.onmessage = () => initialize((context, data) => new JobWorker(context, data))
