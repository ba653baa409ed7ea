import { initialize, TypeScriptWorker, ts } from 'monaco-editor/language/typescript/ts.worker'
import type { TsDiagnostic } from './compiler.ts'
import { importRefusal, missingModule } from './import-refusal.ts'
import { type OperatorCall, type OperatorPlace, operatorCalls } from './operator-calls.ts'

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
}

export type { JobWorker }

// The module that is imported above has set a handler that makes its own worker: the first message asks for one.
self.onmessage = () => initialize((context, data) => new JobWorker(context, data))
