import type { MarkShape } from '@/ui'

/** From which level on lines are shown; the server looks for them, also behind thousands of others. */
export const LOG_FILTERS = ['all', 'warn', 'error'] as const
export type LogFilter = (typeof LOG_FILTERS)[number]

export function logFilterOf(text: string | null): LogFilter {
  return LOG_FILTERS.find(filter => filter === text) ?? 'all'
}

interface Level {
  readonly word: string
  readonly shape: MarkShape
  readonly tone: 'quiet' | 'warn' | 'error'
}

const LEVELS: Readonly<Record<string, Level>> = {
  trace: { word: 'Trace', shape: 'wait', tone: 'quiet' },
  debug: { word: 'Debug', shape: 'wait', tone: 'quiet' },
  info: { word: 'Info', shape: 'info', tone: 'quiet' },
  warn: { word: 'Warn', shape: 'warn', tone: 'warn' },
  error: { word: 'Error', shape: 'fail', tone: 'error' },
  fatal: { word: 'Fatal', shape: 'fail', tone: 'error' },
}

/** How a level is shown. One that is not known is shown by its own name, and counts as information. */
export function levelOf(name: string): Level {
  return Object.hasOwn(LEVELS, name) ? LEVELS[name]! : { ...LEVELS.info!, word: name.slice(0, 12) }
}
