import type { JobNode, WatermarksConfig } from '@weir/engine/graph/job-graph'
import { withoutCredentials } from './without-secrets.ts'

/** A card has room for about so much. */
const DETAIL_CHARACTERS_MAX = 60

type Config = JobNode['config']

/** One line of what matters in an operator's config, for its card; empty when there is nothing to say. */
export function operatorDetail(node: Pick<JobNode, 'type' | 'config' | 'watermarks'>): string {
  return cut(withoutCredentials(detailOf(node)))
}

/** Text of one line of at most so many characters; what is left out is shown by an ellipsis. */
export function cut(text: string, charactersMax = DETAIL_CHARACTERS_MAX): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= charactersMax
    ? line
    : `${line
        .slice(0, charactersMax - 1)
        .toWellFormed()
        .trimEnd()}…`
}

/** A duration as people write it: `60 s`, `6 h`, `250 ms`. */
export function shortDuration(ms: number): string {
  if (ms === 0) return '0 s'
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ]
  // A minute is named as 60 s, an hour as 60 min: from two of a unit on the larger one reads better.
  const unit = units.find(([size]) => ms >= 2 * size && ms % size === 0) ?? units.find(([size]) => ms % size === 0)
  return unit === undefined ? `${count(ms)} ms` : `${count(ms / unit[0])} ${unit[1]}`
}

export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 })
}

function detailOf({ type, config, watermarks }: Pick<JobNode, 'type' | 'config' | 'watermarks'>): string {
  switch (type) {
    case 'map':
    case 'filter':
    case 'flatMap':
    case 'reduce':
    case 'process':
    case 'keyedProcess':
      return functionText(config.fn)
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
      return `${type} of ${text(config.field)}`
    case 'count':
      return 'records per key'
    case 'aggregate':
      return functionText(fieldOf(config.aggregator, 'add'))
    case 'window':
      return windowDetail(config)
    case 'timestamps':
      return watermarksDetail(watermarks)
    case 'datagen':
      return datagenDetail(config)
    case 'collection':
      return functionText(config.values)
    case 'customSource':
    case 'customSink':
      return functionText(config.open)
    case 'fileSource':
    case 'fileSink':
      return joined(text(config.path), text(config.format))
    case 'print':
      return typeof config.label === 'string' ? `as ${config.label}` : 'prints each record'
    case 'collect':
      return 'rows to look at'
    case 'blackhole':
      return 'drops each record'
    case 'coMap':
    case 'coFlatMap':
      return joined(functionText(config.fn1), functionText(config.fn2))
    case 'intervalJoin':
      return joined(intervalText(config), functionText(config.fn))
    case 'windowJoin':
    case 'coGroup':
      return joined(assignerText(config.assigner), functionText(config.fn))
    default:
      return anyDetail(config)
  }
}

/** Of an operator that is not named above: its settings, and its function, as far as they say themselves what they are. */
function anyDetail(config: Config): string {
  const entries = Object.entries(config)
  const settings = entries.flatMap(([name, value]) => {
    if (typeof value === 'number') return [settingText(name, value)]
    if (value === true) return [wordsOf(name)]
    return []
  })
  const named = entries.flatMap(([name, value]) => (isPlainWord(name, value) ? [value as string] : []))
  return joined(...named, ...settings, functionText(config.fn))
}

/** `timeoutMs: 30000` is `timeout 30 s`, `maxRetries: 3` is `max retries 3`. */
function settingText(name: string, value: number): string {
  return name.endsWith('Ms')
    ? `${wordsOf(name.slice(0, -2))} ${shortDuration(value)}`
    : `${wordsOf(name)} ${count(value)}`
}

/** Where something is or what it is called; not a function, a seed or a password. */
function isPlainWord(name: string, value: unknown): boolean {
  return typeof value === 'string' && /^(topic|table|path|url|name|mode|format|field)$/.test(name)
}

function wordsOf(name: string): string {
  return name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase()
}

function intervalText({ lowerMs, upperMs }: Config): string {
  const signed = (ms: unknown): string =>
    typeof ms !== 'number' ? '?' : `${ms < 0 ? '−' : '+'}${shortDuration(Math.abs(ms))}`
  return `${signed(lowerMs)} to ${signed(upperMs)}`
}

/** Source text of a function on one line; of a class, which is long, its name, or what it extends if it has none. */
function functionText(value: unknown): string {
  const source = text(value)
  const [, name, base] =
    /^class\s+(?:(?!extends\b)([\p{ID_Start}$_][\p{ID_Continue}$]*)|extends\s+([\w$.]+))/u.exec(source) ?? []
  if (name !== undefined) return `class ${name}`
  return base === undefined ? source : base.replace(/^.*\./, '')
}

function windowDetail(config: Config): string {
  const { assigner, compute, trigger, evictor, allowedLatenessMs } = config
  const computes = text(fieldOf(compute, 'type'))
  const field = fieldOf(compute, 'field')
  return joined(
    assignerText(assigner),
    typeof field === 'string' ? `${computes} of ${field}` : computes,
    fieldOf(assigner, 'time') === 'processing' ? 'processing time' : '',
    triggerText(trigger),
    evictorText(evictor),
    typeof allowedLatenessMs === 'number' && allowedLatenessMs > 0
      ? `up to ${shortDuration(allowedLatenessMs)} late`
      : '',
  )
}

/** `tumbling 60 s`, `sliding 60 s every 10 s`, `session gap 30 s`, `global`. */
function assignerText(assigner: unknown): string {
  const ms = (field: string): string => {
    const value = fieldOf(assigner, field)
    return typeof value === 'number' ? shortDuration(value) : ''
  }
  const parts = [text(fieldOf(assigner, 'type')), ms('sizeMs')]
  if (ms('slideMs') !== '') parts.push(`every ${ms('slideMs')}`)
  if (ms('gapMs') !== '') parts.push(`gap ${ms('gapMs')}`)
  return parts.filter(part => part !== '').join(' ')
}

/** When the window fires, where that is not its own end. */
function triggerText(trigger: unknown): string {
  const of = fieldOf(trigger, 'of') ?? trigger
  const records = fieldOf(of, 'count')
  const intervalMs = fieldOf(of, 'intervalMs')
  if (typeof records === 'number') return `fires every ${count(records)}`
  if (typeof intervalMs === 'number') return `fires every ${shortDuration(intervalMs)}`
  return fieldOf(of, 'type') === 'custom' ? 'trigger of its own' : ''
}

function evictorText(evictor: unknown): string {
  const records = fieldOf(evictor, 'count')
  const keepMs = fieldOf(evictor, 'keepMs')
  if (typeof records === 'number') return `keeps ${count(records)}`
  if (typeof keepMs === 'number') return `keeps ${shortDuration(keepMs)}`
  return evictor === undefined ? '' : 'evicts'
}

function watermarksDetail(watermarks: WatermarksConfig | undefined): string {
  switch (watermarks?.strategy) {
    case 'bounded':
      return `watermark ${shortDuration(watermarks.boundMs ?? 0)} behind`
    case 'monotonous':
      return 'ascending timestamps'
    case 'custom':
      return 'watermarks of its own'
    default:
      return 'no watermarks'
  }
}

function datagenDetail(config: Config): string {
  const { rowsPerSecond, count: rows, seed } = config
  return joined(
    typeof rowsPerSecond === 'number' ? `${count(rowsPerSecond)} /s` : 'as fast as it goes',
    typeof rows === 'number' ? `${count(rows)} ${rows === 1 ? 'record' : 'records'}` : '',
    typeof seed === 'number' ? `seed ${seed}` : '',
  )
}

function joined(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join(' · ')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[field] : undefined
}
