import { WeirError } from '@weir/engine/base/errors'
import { graphToJson } from './graph-to-json.ts'
import { HOST, type JobHost, SDK, SDK_INTERNAL } from './host-symbols.ts'
import { readJobExport, type SdkModules, sdkInternals } from './job-export.ts'
import { type GuestAnswer, READ_JOB, WRITE_LINE } from './sandbox-protocol.ts'

/** Runs inside the sandbox, before the job: lays out what its bundle and the host ask for. */
export function installInSandbox(sdk: SdkModules): void {
  const executed: unknown[] = []
  const stacks = new Map<object, string>()
  const host: JobHost = {
    onExecute(environment) {
      executed.push(environment)
    },
    onOperator(operator) {
      stacks.set(operator, new Error().stack ?? '')
    },
  }
  const read = (namespace?: Record<string, unknown>): string => {
    let answer: GuestAnswer
    try {
      const { graph, operators = [] } = readJobExport(namespace, executed, sdk)
      answer = {
        ok: true,
        graph: graphToJson(graph),
        stacks: operators.map(operator => stacks.get(operator) ?? ''),
      }
    } catch (thrown) {
      answer = { ok: false, error: WeirError.from(thrown, 'JOB_EVALUATION').toJson() }
    }
    return JSON.stringify(answer)
  }
  define(SDK, sdk.exports)
  define(SDK_INTERNAL, sdkInternals)
  define(HOST, host)
  define(READ_JOB, read)
  define('console', consoleTo(Reflect.get(globalThis, WRITE_LINE) as (level: string, line: string) => void))
}

function define(name: PropertyKey, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, enumerable: false, configurable: false, writable: false })
}

function consoleTo(write: (level: string, line: string) => void): Record<string, (...values: unknown[]) => void> {
  const at =
    (level: string) =>
    (...values: unknown[]): void =>
      write(level, values.map(shown).join(' '))
  return {
    log: at('info'),
    info: at('info'),
    debug: at('debug'),
    warn: at('warn'),
    error: at('error'),
    trace: at('debug'),
    dir: at('info'),
    table: at('info'),
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (typeof value !== 'object' || value === null) return String(value)
  try {
    return JSON.stringify(value)
  } catch (error) {
    return `[object that cannot be shown: ${error instanceof Error ? error.message : String(error)}]`
  }
}
