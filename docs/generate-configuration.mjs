// Writes docs/configuration.md from the one table of environment variables: see generate.mjs.
import { SETTINGS } from '../packages/process/src/settings-table.ts'
import { cell, table, writePage } from './write-page.mjs'

/** How the processes that read a setting are called in prose. */
const READERS = {
  cluster: '`npm start`',
  jobmanager: 'JobManager',
  taskmanager: 'TaskManager',
  web: 'web app',
  cli: '`./weir`',
}

function defaultText(setting) {
  if (setting.defaultText !== undefined) return cell(setting.defaultText)
  return setting.default === null ? 'none' : `\`${setting.default}\``
}

function description(setting) {
  const parts = [cell(setting.description)]
  if (setting.secret === true) parts.push('Its value is never shown.')
  if (setting.withoutEffect !== undefined) parts.push(`**Without effect: ${cell(setting.withoutEffect)}.**`)
  return parts.join(' ')
}

const rows = Object.values(SETTINGS).map(setting => [
  `\`${setting.variable}\``,
  defaultText(setting),
  cell(setting.kind.range),
  setting.readBy.map(reader => READERS[reader]).join(', '),
  description(setting),
])

writePage('configuration.md', [
  '# Configuration',
  '',
  '<!-- Made by docs/generate-configuration.mjs from packages/process/src/settings-table.ts: change that, not this. -->',
  '',
  'Weir is configured by environment variables alone. `npm start` gives its own environment to the processes that it starts;',
  'the command line reads the same names. An empty variable counts as not set. A value out of its range, or an unknown name',
  'that begins with `WEIR_`, is an error at start that names the variable and its range; all mistakes are reported at once.',
  'A variable that has no effect in this version is warned about at start, never silently taken.',
  '',
  'A relative folder is taken from the folder in which the process was started. Several clusters fit on one machine when each',
  'has a `WEIR_HOME` and ports of its own:',
  '',
  '```sh',
  'export WEIR_HOME=~/weir-two WEB_PORT=8180 JOBMANAGER_PORT=8181',
  'export JOBMANAGER_RPC_PORT=6423 TASKMANAGER_RPC_PORT=6424 METRICS_PORT=9349',
  'npm start',
  '```',
  '',
  'The command line needs two of them to find that cluster:',
  '',
  '```sh',
  'WEIR_HOME=~/weir-two JOBMANAGER_PORT=8181 ./weir list',
  '```',
  '',
  'Data connections between TaskManagers take the first free port from 100 above `TASKMANAGER_RPC_PORT` on.',
  '',
  ...table(['Variable', 'Default', 'Allowed', 'Read by', 'Meaning'], rows),
])
