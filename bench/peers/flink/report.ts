import { diskText, type Figure } from './figures.ts'
import type { RaceResult } from './race.ts'

const COLUMNS = [
  ['table', 24],
  ['query', 6],
  ['events', 8],
  ['Flink M/s', 18],
  ['per CPU-s', 18],
  ['Weir M/s', 18],
  ['per CPU-s', 18],
  ['ratio per CPU-s', 18],
  ['per s', 18],
  ['rows', 10],
  ['RSS MB', 12],
  ['disk r, w', 14],
  ['others', 6],
] as const

/** The heading of the table that people see. */
export function reportHead(): string {
  return line(COLUMNS.map(([name]) => name))
}

export function reportRow({ flink, weir, ...result }: RaceResult): string {
  return line([
    result.table,
    result.query,
    `${result.events / 1e6} M`,
    shown(flink.millionPerSecond),
    shown(flink.millionPerCpuSecond),
    shown(weir.millionPerSecond),
    shown(weir.millionPerCpuSecond),
    shown(result.ratioPerCpuSecond),
    shown(result.ratioPerSecond),
    String(weir.rows),
    `${flink.peakRssMb}, ${weir.peakRssMb}`,
    diskText(weir.stateDisk),
    result.otherCores.toFixed(2),
  ])
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(COLUMNS[i]?.[1] ?? 0))
    .join(' ')
    .trimEnd()
}

function shown({ median, min, max }: Figure): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
}
