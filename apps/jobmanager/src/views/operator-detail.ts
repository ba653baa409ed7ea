import type { JobNode, WatermarksConfig } from '@weir/engine/graph/job-graph'

/** A card has room for about so much. */
const DETAIL_CHARACTERS_MAX = 60

type Config = JobNode['config']

/** One line of what matters in an operator's config, for its card; empty when there is nothing to say. */
export function operatorDetail(node: Pick<JobNode, 'type' | 'config' | 'watermarks'>): string {
  return cut(detailOf(node))
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
    default:
      return ''
  }
}

/** Source text of a function on one line; of a class, which is long, its name. */
function functionText(value: unknown): string {
  const source = text(value)
  const named = /^class\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(source)
  return named === null ? source : `class ${named[1]}`
}

function windowDetail(config: Config): string {
  const { assigner, compute, allowedLatenessMs } = config
  const type = fieldOf(assigner, 'type')
  const sizeMs = fieldOf(assigner, 'sizeMs')
  const computes = text(fieldOf(compute, 'type'))
  const field = fieldOf(compute, 'field')
  return joined(
    typeof sizeMs === 'number' ? `${text(type)} ${shortDuration(sizeMs)}` : text(type),
    typeof field === 'string' ? `${computes} of ${field}` : computes,
    fieldOf(assigner, 'time') === 'processing' ? 'processing time' : '',
    typeof allowedLatenessMs === 'number' && allowedLatenessMs > 0
      ? `up to ${shortDuration(allowedLatenessMs)} late`
      : '',
  )
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
