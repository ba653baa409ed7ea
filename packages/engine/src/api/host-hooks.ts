import { WeirError } from '../base/errors.ts'
import type { StreamExecutionEnvironment } from './stream-environment.ts'

/** Whoever evaluates a job's module for its graph: then `execute()` only names the environment. */
export const HOST = Symbol.for('weir.host')
/** Whoever runs jobs in this process, when a module is run by itself. */
export const LOCAL_RUNNER = Symbol.for('weir.localRunner')

export interface JobHost {
  onExecute(environment: unknown): void
  /** An operator was described: its place in the job's file is that of the call that leads here. */
  onOperator?(operator: object): void
}

export interface LocalRunner {
  /** Runs the job to its end. Rejects with the error that failed it. */
  runLocally(environment: StreamExecutionEnvironment): Promise<JobExecutionResult>
}

export interface JobExecutionResult {
  readonly jobId: string
  readonly jobName: string
  readonly durationMs: number
}

/** What surrounds the job's module, at this moment. */
export function hostHooks(): { readonly host: JobHost | undefined } & LocalRunner {
  const host = Reflect.get(globalThis, HOST) as JobHost | undefined
  const runner = Reflect.get(globalThis, LOCAL_RUNNER) as LocalRunner | undefined
  return {
    host,
    runLocally(environment) {
      if (runner !== undefined) return runner.runLocally(environment)
      throw new WeirError(
        'UNSUPPORTED',
        'execute() finds nothing here that runs jobs; run the file with "weir run", or submit it with "weir deploy"',
      )
    },
  }
}
