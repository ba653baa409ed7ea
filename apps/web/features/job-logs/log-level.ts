import type { LogItem } from '@weir/proto/web/job-details'
import type { MarkShape } from '@/ui'

/** From which level on lines are shown. */
export const LOG_FILTERS = ['all', 'warn', 'error'] as const
export type LogFilter = (typeof LOG_FILTERS)[number]

export function logFilterOf(text: string | null): LogFilter {
  return LOG_FILTERS.find(filter => filter === text) ?? 'all'
}

interface Level {
  readonly word: string
  readonly shape: MarkShape
  readonly tone: 'quiet' | 'warn' | 'error'
  /** Higher is worse. */
  readonly weight: number
}

const LEVELS: Readonly<Record<string, Level>> = {
  trace: { word: 'Trace', shape: 'wait', tone: 'quiet', weight: 10 },
  debug: { word: 'Debug', shape: 'wait', tone: 'quiet', weight: 20 },
  info: { word: 'Info', shape: 'info', tone: 'quiet', weight: 30 },
  warn: { word: 'Warn', shape: 'warn', tone: 'warn', weight: 40 },
  error: { word: 'Error', shape: 'fail', tone: 'error', weight: 50 },
  fatal: { word: 'Fatal', shape: 'fail', tone: 'error', weight: 60 },
}

/** How a level is shown. One that is not known is shown by its own name, and counts as information. */
export function levelOf(name: string): Level {
  return Object.hasOwn(LEVELS, name) ? LEVELS[name]! : { ...LEVELS.info!, word: name.slice(0, 12) }
}

/** The lines of a level and above. The same array when that is all of them. */
export function fromLevel(items: readonly LogItem[], filter: LogFilter): readonly LogItem[] {
  if (filter === 'all') return items
  const least = levelOf(filter).weight
  return items.filter(({ level }) => levelOf(level).weight >= least)
}
