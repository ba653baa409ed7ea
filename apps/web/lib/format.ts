/**
 * How numbers and times read on every page: three significant digits, the unit apart, "—" for what is not known.
 * Each `…Parts` gives number and unit for a place that sets them in two elements; the plain form joins them.
 */

/** What stands for a value that is not known (yet). Never "0", never "NaN". */
export const UNKNOWN = '—'

/** A number and its unit, to be set in two elements. `unit` is empty where there is none. */
export interface Quantity {
  readonly number: string
  readonly unit: string
}

type Maybe = number | null | undefined

const NOTHING: Quantity = { number: UNKNOWN, unit: '' }
const SCALES = ['', 'k', 'M', 'G', 'T', 'P'] as const
const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

function isKnown(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value)
}

/** Three significant digits without an exponent: `18.4`, `212`, `0.05`; 0 is `0`. */
function significant(value: number): string {
  if (value === 0) return '0'
  const magnitude = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(3)))))
  return value.toFixed(Math.min(Math.max(2 - magnitude, 0), 2))
}

function scaled(value: number, step: number, units: readonly string[]): Quantity {
  let rest = Math.abs(value)
  let index = 0
  while (index < units.length - 1 && Math.round(rest) >= step) {
    rest /= step
    index += 1
  }
  const sign = value < 0 ? '−' : ''
  return { number: sign + (index === 0 ? wholeOrSignificant(rest) : significant(rest)), unit: units[index]! }
}

function wholeOrSignificant(value: number): string {
  return Number.isInteger(value) ? String(value) : significant(value)
}

function join({ number, unit }: Quantity): string {
  return unit === '' ? number : `${number} ${unit}`
}

/** Records per second: `18.4` `k/s`. */
export function rateParts(perSecond: Maybe): Quantity {
  if (!isKnown(perSecond)) return NOTHING
  if (perSecond > 0 && perSecond < 0.01) return { number: '< 0.01', unit: '/s' }
  const { number, unit } = scaled(Number(perSecond.toPrecision(3)), 1000, SCALES)
  return { number, unit: `${unit}/s` }
}

/** Records per second: `18.4 k/s`. */
export function formatRate(perSecond: Maybe): string {
  return join(rateParts(perSecond))
}

/** A count, shortened from 10,000 on: `1,904`, `1.24` `M`. */
export function countParts(count: Maybe): Quantity {
  if (!isKnown(count)) return NOTHING
  if (Math.abs(count) < 10_000) return { number: formatInteger(Math.round(count)), unit: '' }
  return scaled(count, 1000, SCALES)
}

/** A count, shortened from 10,000 on: `1,904`, `1.24 M`. */
export function formatCount(count: Maybe): string {
  return join(countParts(count))
}

const INTEGER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** A count in full: `1,240,011`. */
export function formatInteger(count: Maybe): string {
  return isKnown(count) ? INTEGER.format(count) : UNKNOWN
}

/** Bytes, by 1,024: `214` `MB`. */
export function bytesParts(bytes: Maybe): Quantity {
  return isKnown(bytes) ? scaled(bytes, 1024, BYTE_UNITS) : NOTHING
}

/** Bytes, by 1,024: `214 MB`. */
export function formatBytes(bytes: Maybe): string {
  return join(bytesParts(bytes))
}

/** A ratio of 0 to 1 as percent: `82%`. What is above 0 is never shown as 0, what is below 1 never as 100. */
export function formatPercent(ratio: Maybe): string {
  const percent = percentOf(ratio)
  return percent === null ? UNKNOWN : `${percent}%`
}

/** A ratio of 0 to 1 as whole percent for a bar or a ring; null when unknown. */
export function percentOf(ratio: Maybe): number | null {
  if (!isKnown(ratio)) return null
  const percent = Math.min(Math.max(ratio, 0), 1) * 100
  if (percent > 0 && percent < 1) return 1
  if (percent > 99 && percent < 100) return 99
  return Math.round(percent)
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time in ms, in its two largest units: `310 ms`, `8.4 s`, `1 min 06 s`, `4 h 12 min`, `3 d 04 h`. */
export function formatDuration(ms: Maybe): string {
  if (!isKnown(ms)) return UNKNOWN
  const length = Math.abs(ms)
  const sign = ms < 0 ? '−' : ''
  if (length < SECOND) return `${sign}${Math.round(length)} ms`
  if (length < 10 * SECOND) return `${sign}${(Math.floor(length / 100) / 10).toFixed(1)} s`
  if (length < MINUTE) return `${sign}${Math.floor(length / SECOND)} s`
  if (length < HOUR) return `${sign}${Math.floor(length / MINUTE)} min ${twoDigits((length % MINUTE) / SECOND)} s`
  if (length < DAY) return `${sign}${Math.floor(length / HOUR)} h ${twoDigits((length % HOUR) / MINUTE)} min`
  return `${sign}${Math.floor(length / DAY)} d ${twoDigits((length % DAY) / HOUR)} h`
}

/** How long ago, in one unit, for lists: `just now`, `40 s`, `3 min`, `22 h`, `11 d`. */
export function formatAge(ms: Maybe): string {
  if (!isKnown(ms)) return UNKNOWN
  if (ms < 2 * SECOND) return 'just now'
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`
  return `${Math.floor(ms / DAY)} d`
}

/** `formatAge` as words in a sentence: `just now`, `3 min ago`. */
export function formatAgo(ms: Maybe): string {
  const age = formatAge(ms)
  return age === UNKNOWN || age === 'just now' ? age : `${age} ago`
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0')
}

/** The time of day of a moment (ms since the epoch) where the reader is: `14:05:22`. */
export function formatTime(at: Maybe, options: { readonly milliseconds?: boolean } = {}): string {
  if (!isKnown(at)) return UNKNOWN
  const date = new Date(at)
  const time = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`
  return options.milliseconds === true ? `${time}.${String(date.getMilliseconds()).padStart(3, '0')}` : time
}

/** Day and time of a moment where the reader is: `2026-11-21 14:05:22`. */
export function formatDateTime(at: Maybe): string {
  if (!isKnown(at)) return UNKNOWN
  const date = new Date(at)
  const day = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`
  return `${day} ${formatTime(at)}`
}

/** `1 slot`, `2 slots`: the count with its noun. `plural` only where an s does not do. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatInteger(count)} ${count === 1 ? noun : plural}`
}
