import { resolve } from 'node:path'
import { type Problem, WeirError } from '@weir/engine/base/errors'
import { nearMiss } from '@weir/engine/base/near-miss'
import type { z } from 'zod'
import { projectFolder } from './project-folder.ts'
import { SETTINGS, type SettingName, type SettingRow } from './settings-table.ts'

type ValueOf<Row> = Row extends { kind: { schema: infer S extends z.ZodType }; default: infer D }
  ? D extends null
    ? z.output<S> | null
    : z.output<S>
  : never

type Values = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> }

const IN_MEMORY = 'with STATE_BACKEND=memory state is not written to disk'

/** A variable that was set although it changes nothing in this version. */
export interface SettingWithoutEffect {
  readonly variable: string
  readonly reason: string
}

/** All settings of a process, with defaults filled in. Paths are absolute. Property names carry units. */
export interface Settings extends Values {
  readonly home: string
  readonly workdir: string
  readonly url: string
  readonly jobManagerAddresses: readonly string[]
  /** Who starts a process warns about each of these. */
  readonly withoutEffect: readonly SettingWithoutEffect[]
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface Folders {
  /** Root of the clone: WEIR_HOME's default is `.weir` in it. */
  readonly project: string
  /** Where the process was started: relative paths are taken from it. */
  readonly started: string
}

/**
 * Reads all settings from the environment: pure, but for the defaults of `folders`. An empty variable counts as not
 * set. Throws SETTING_INVALID with everything that is wrong at once: unknown `WEIR_*` variables (with the name that was
 * probably meant) and values out of range (with the range).
 */
export function readSettings(
  env: Environment,
  folders: Folders = { project: projectFolder(), started: process.cwd() },
): Settings {
  const problems: string[] = [...unknownVariables(env)]
  const values: Record<string, unknown> = {}
  const withoutEffect: SettingWithoutEffect[] = []
  const inMemory = env[SETTINGS.stateBackend.variable]?.trim() === 'memory'

  for (const [name, setting] of Object.entries(SETTINGS) as [SettingName, SettingRow<unknown, unknown>][]) {
    const text = env[setting.variable]?.trim()
    if (text === undefined || text === '') {
      values[name] = setting.default
      continue
    }
    const parsed = setting.kind.schema.safeParse(text)
    if (!parsed.success) {
      const shown = setting.secret === true ? `${setting.variable} (value not shown)` : `${setting.variable}=${text}`
      problems.push(`${shown} is not valid: it must be ${setting.kind.range}${describeDefault(setting)}`)
      continue
    }
    values[name] = parsed.data
    const reason = setting.withoutEffect ?? (setting.onlyWithDisk === true && inMemory ? IN_MEMORY : undefined)
    if (reason !== undefined) withoutEffect.push({ variable: setting.variable, reason })
  }

  if (problems.length === 0) problems.push(...contradictions(values as Values))
  if (problems.length > 0) throw settingsError(problems)
  return { ...withDefaults(values as Values, folders), withoutEffect }
}

function withDefaults(values: Values, folders: Folders): Omit<Settings, 'withoutEffect'> {
  const host = values.host.includes(':') ? `[${values.host}]` : values.host
  return {
    ...values,
    home: values.home === null ? resolve(folders.project, '.weir') : resolve(folders.started, values.home),
    workdir: resolve(folders.started, values.workdir ?? '.'),
    url: (values.url ?? `http://${host}:${values.jobManagerPort}`).replace(/\/+$/, ''),
    jobManagerAddresses: values.jobManagerAddresses ?? [`${host}:${values.jobManagerRpcPort}`],
  }
}

function describeDefault(setting: SettingRow<unknown, unknown>): string {
  const text = setting.defaultText ?? setting.default
  return text === null ? '' : `; the default is ${text}`
}

function* unknownVariables(env: Environment): Iterable<string> {
  const known = Object.values(SETTINGS).map(setting => setting.variable as string)
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('WEIR_') || known.includes(variable)) continue
    const meant = nearMiss(variable, known)
    const ours = known.filter(name => name.startsWith('WEIR_'))
    yield meant === undefined
      ? `${variable} is unknown: the WEIR_ variables are ${ours.join(', ')}`
      : `${variable} is unknown: did you mean ${meant}?`
  }
}

/** Values that are each in range, but do not fit together. */
function* contradictions(values: Values): Iterable<string> {
  if (values.heartbeatTimeoutMs <= values.heartbeatIntervalMs) {
    yield `HEARTBEAT_TIMEOUT=${values.heartbeatTimeoutMs} must be longer than HEARTBEAT_INTERVAL=${values.heartbeatIntervalMs}, or every TaskManager counts as lost`
  }
  const users = new Map<number, string>()
  for (const { port, variable } of portsOf(values)) {
    const other = users.get(port)
    if (port > 65_535) yield `${variable} counts up beyond port 65535 with TASK_MANAGERS=${values.taskManagers}`
    else if (other !== undefined && other !== variable)
      yield `port ${port} is given to both ${other} and ${variable}: change one`
    users.set(port, variable)
  }
}

/** One port that an embedded cluster listens on. */
export interface PortUse {
  readonly port: number
  readonly variable: string
  readonly purpose: string
}

/** Every port that an embedded cluster with these settings listens on (but for data planes, which take any free one). */
export function portsOf(
  values: Pick<
    Values,
    'webPort' | 'jobManagerPort' | 'jobManagerRpcPort' | 'taskManagerRpcPort' | 'metricsPort' | 'taskManagers'
  >,
): PortUse[] {
  const ports: PortUse[] = [
    { port: values.webPort, variable: 'WEB_PORT', purpose: 'the web app' },
    { port: values.jobManagerPort, variable: 'JOBMANAGER_PORT', purpose: 'the HTTP interface of the JobManager' },
    {
      port: values.jobManagerRpcPort,
      variable: 'JOBMANAGER_RPC_PORT',
      purpose: 'the gRPC interface of the JobManager',
    },
  ]
  for (let index = 0; index < values.taskManagers; index++) {
    const id = `tm-${index + 1}`
    ports.push({
      port: values.taskManagerRpcPort + index,
      variable: 'TASKMANAGER_RPC_PORT',
      purpose: `TaskManager ${id}`,
    })
    ports.push({
      port: values.metricsPort + index,
      variable: 'METRICS_PORT',
      purpose: `the metrics of TaskManager ${id}`,
    })
  }
  return ports
}

function settingsError(problems: readonly string[]): WeirError {
  const rows: Problem[] = problems.map(message => ({ message }))
  const message =
    problems.length === 1 ? problems[0]! : `${problems.length} settings are not valid:\n- ${problems.join('\n- ')}`
  return new WeirError('SETTING_INVALID', message, { problems: rows })
}
