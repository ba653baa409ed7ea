import { initialize, TypeScriptWorker, ts } from 'monaco-editor/language/typescript/ts.worker'
import type { TsDiagnostic } from './compiler.ts'
import { importEdit, SDK, sdkExports, wordAt } from './import-fix.ts'
import { importRefusal, missingModule } from './import-refusal.ts'
import { type OperatorCall, type OperatorPlace, operatorCalls } from './operator-calls.ts'
import { SDK_ENTRY } from './typings.ts'

type Diagnostic = TsDiagnostic & { readonly messageText: string | object }

/** Monaco's TypeScript worker, and what it is asked for beside: operators in the text, and their types. */
class JobWorker extends TypeScriptWorker {
  /** Refused imports are told in the words of the JobManager rather than in TypeScript's. */
  override async getSemanticDiagnostics(fileName: string): Promise<Diagnostic[]> {
    const diagnostics = await super.getSemanticDiagnostics(fileName)
    return diagnostics.map(one => {
      const missing = typeof one.messageText === 'string' ? missingModule(one.code, one.messageText) : undefined
      return missing === undefined ? one : { ...one, messageText: importRefusal(missing) }
    })
  }

  async operatorCalls(fileName: string, places: readonly OperatorPlace[]): Promise<readonly OperatorCall[]> {
    const program = this.getLanguageService().getProgram()
    if (program === undefined) return []
    return operatorCalls(ts.typescript, program, fileName, places, await super.getSemanticDiagnostics(fileName))
  }

  /** TypeScript's fixes, and before them the import of a name that the SDK has: TypeScript looks for none here. */
  override async getCodeFixesAtPosition(
    fileName: string,
    start: number,
    end: number,
    errorCodes: readonly number[],
    format: object,
  ): Promise<readonly unknown[]> {
    const fixes = await super.getCodeFixesAtPosition(fileName, start, end, errorCodes, format)
    const program = this.getLanguageService().getProgram()
    const text = program?.getSourceFile(fileName)?.text
    if (program === undefined || text === undefined || !errorCodes.some(code => NO_SUCH_NAME.has(code))) return fixes
    const name = wordAt(text, start, end)
    if (name === undefined || !sdkExports(program, SDK_ENTRY).has(name)) return fixes
    const edit = importEdit(text, name)
    if (edit === undefined) return fixes
    const { newText, ...span } = edit
    const changes = [{ fileName, textChanges: [{ span, newText }] }]
    return [{ fixName: 'import', description: `Import ${name} from ${SDK}`, changes }, ...fixes]
  }
}

/** "Cannot find name", with a guess of what was meant, and where a type was meant. */
const NO_SUCH_NAME: ReadonlySet<number> = new Set([2304, 2552, 2503])

export type { JobWorker }

// The module that is imported above has set a handler that makes its own worker: the first message asks for one.
self.onmessage = () => initialize((context, data) => new JobWorker(context, data))
