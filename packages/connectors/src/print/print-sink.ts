import type { Sink } from '@weir/engine/operators/sink'
import { VisibleWriter } from '../visible-writer.ts'

interface PrintConfig {
  readonly label?: string
}

/** Publishes each record as a line `label[subtask]> record`. */
export const printSinkRuntime: Sink = {
  type: 'print',
  createWriter(config, { subtask, publish }) {
    const prefix = `${(config as PrintConfig).label ?? 'print'}[${subtask.subtask}]> `
    return new VisibleWriter(value => publish(prefix + printed(value)))
  },
}

/** One line for any value: a string as it is, anything else as JSON with what JSON lacks in words. */
export function printed(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? `${value}n` : String(value)
  const text = JSON.stringify(value, (_name, field: unknown) => {
    if (typeof field === 'bigint') return `${field}n`
    if (typeof field === 'number' && !Number.isFinite(field)) return String(field)
    if (field instanceof Map || field instanceof Set) return [...field]
    return field
  })
  return text ?? String(value)
}
