import { formatDateTime, formatTime } from '../../lib/format.ts'

/** Words that end the names of fields which hold moments: `start`, `windowEnd`, `created_at`. */
const TIME_WORDS: ReadonlySet<string> = new Set(
  'start end from to until since begin at time timestamp ts date day hour minute second'.split(' '),
)
const EARLIEST = Date.UTC(2000, 0)
const LATEST = Date.UTC(2100, 0)

/** Whether a field of this name may hold moments; how much one may be is said by its numbers. */
export function isTimeName(name: string): boolean {
  const last = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(word => word !== '' && word !== 'ms')
    .at(-1)
  return last !== undefined && TIME_WORDS.has(last)
}

/** Whether a number is a whole count of ms since the epoch, within the years 2000 to 2099. */
export function isPlausibleTime(value: number): boolean {
  return Number.isInteger(value) && value >= EARLIEST && value < LATEST
}

/** A moment as short as it can be said: `14:05:22` today, `11-20 14:05:22` in this year, with milliseconds if it has any. */
export function timeWords(at: number, now: number): string {
  const time = formatTime(at, { milliseconds: at % 1000 !== 0 })
  const [day] = formatDateTime(at).split(' ')
  const [today] = formatDateTime(now).split(' ')
  if (day === today) return time
  return `${day!.slice(0, 4) === today!.slice(0, 4) ? day!.slice(5) : day} ${time}`
}

/** The moment in full beside the number that stands in the row: `1795363522000 = 2026-11-22 14:05:22.000`. */
export function timeTitle(at: number): string {
  return `${at} = ${formatDateTime(at).split(' ')[0]} ${formatTime(at, { milliseconds: true })}`
}

/** Whether a moment holds the text as it is shown: `14:05`, `11-21 14`. */
export function isTimeLike(value: unknown, wanted: string): boolean {
  return typeof value === 'number' && timeTitle(value).includes(wanted)
}
