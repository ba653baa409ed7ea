import type { Colors } from '../context.ts'

/** `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`. */
export function ago(isoTime: string | null, nowMs: number): string {
  if (isoTime === null) return '—'
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(isoTime)) / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** With thin groups of three digits; unknown is a dash, never 0. */
export function count(value: number | null): string {
  return value === null ? '—' : Math.round(value).toLocaleString('en')
}

export function percent(ratio: number | null): string {
  return ratio === null ? '—' : `${Math.round(ratio * 100)} %`
}

/** The colour only underlines what the word says. */
export function statusText(status: string, colors: Colors): string {
  if (status === 'RUNNING' || status === 'FINISHED') return colors.green(status)
  if (status === 'FAILED' || status === 'FAILING') return colors.red(status)
  return colors.yellow(status)
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30d`, `12h`, `90min`, `45s` in ms; null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,6})\s*(s|min|h|d)$/.exec(text.trim())
  const unit = UNIT_MS[match?.[2] ?? '']
  return match === null || unit === undefined ? null : Number(match[1]) * unit
}
