import { diskText, type Figure, geometricMean } from './figures.ts'
import type { Machine } from './machine.ts'
import type { RaceResult } from './race.ts'

const HEAD = [
  "| query | events | Flink: M/s | per CPU-s | Weir: M/s | per CPU-s | ratio per CPU-s | ratio per s | rows | peak RSS, MB: Flink, Weir | Weir's disk: reads, writes | others | date |",
  '|---|---|---|---|---|---|---|---|---|---|---|---|---|',
]
const RATIO_COLUMN = 6
const DISK_COLUMN = 10
const COLUMNS = cells(HEAD[0] as string).length
const MEAN = 'geometric mean'

/** Whether the page has a place for a table. */
export function hasTable(page: string, table: string): boolean {
  return page.includes(markers(table).start) && page.includes(markers(table).end)
}

/**
 * The page with the result in its table: in place of the row of the same query, or as a further row. Rows that were
 * measured on another machine, with other versions or another number of repeats, go.
 */
export function withResult(page: string, result: RaceResult): string {
  const { start, end } = markers(result.table)
  const from = page.indexOf(start)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the page has no place for the table ${result.table}: ${start} … ${end}`)
  const title = titleOf(result)
  const present = page.slice(from + start.length, to)
  const rows = new Map((present.includes(`\n${title}\n`) ? rowsIn(present) : []).map(row => [cells(row)[0], row]))
  rows.set(result.query, rowOf(result))
  const sorted = [...rows.values()].sort((a, b) => numberOf(a) - numberOf(b))
  const table = [...HEAD, ...sorted, meanOf(sorted)].join('\n')
  return `${page.slice(0, from + start.length)}\n${title}\n\n${table}\n${page.slice(to)}`
}

function markers(table: string): { readonly start: string; readonly end: string } {
  return { start: `<!-- flink ${table} -->`, end: `<!-- end of flink ${table} -->` }
}

function titleOf({ machine, repeat, memoryMb, managedMb, state, rate, seed }: RaceResult): string {
  const memory =
    state === 'memory'
      ? `MEMORY_SIZE ${memoryMb} MB`
      : `MEMORY_SIZE ${memoryMb} MB, Flink's managed memory ${managedMb} MiB a slot`
  return `${versions(machine)}; rate ${rate}, seed ${seed}; ${memory}; repeats: ${repeat}.`
}

function versions({ cores, cpuModel, memoryGb, system, node, java, flink }: Machine): string {
  return `${cores} cores (${cpuModel}), ${memoryGb} GB, ${system}, Node ${node}, Java ${java}, Flink ${flink}`
}

function rowOf({ flink, weir, ...result }: RaceResult): string {
  return `| ${[
    result.query,
    `${result.events / 1e6} M`,
    shown(flink.millionPerSecond),
    shown(flink.millionPerCpuSecond),
    shown(weir.millionPerSecond),
    shown(weir.millionPerCpuSecond),
    `**${result.ratioPerCpuSecond.median.toFixed(2)}** (${range(result.ratioPerCpuSecond)})`,
    shown(result.ratioPerSecond),
    weir.rows,
    `${flink.peakRssMb}, ${weir.peakRssMb}`,
    diskText(weir.stateDisk),
    result.otherCores.toFixed(2),
    result.date,
  ].join(' | ')} |`
}

function shown(value: Figure): string {
  return `${value.median.toFixed(2)} (${range(value)})`
}

function range({ min, max }: Figure): string {
  return `${min.toFixed(2)}–${max.toFixed(2)}`
}

function rowsIn(text: string): string[] {
  return text
    .split('\n')
    .filter(line => /^\| q\d+ \|/.test(line))
    .map(withDisk)
}

/** A row that was written before there was a column for the disk. */
function withDisk(row: string): string {
  const values = cells(row)
  return values.length < COLUMNS ? `| ${values.toSpliced(DISK_COLUMN, 0, diskText(undefined)).join(' | ')} |` : row
}

function cells(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())
}

function numberOf(row: string): number {
  return Number((cells(row)[0] as string).slice(1))
}

function meanOf(rows: readonly string[]): string {
  const ratios = rows.map(row => Number(/\*\*([\d.]+)\*\*/.exec(cells(row)[RATIO_COLUMN] as string)?.[1]))
  const row = HEAD[1]
    ?.split('|')
    .slice(1, -1)
    .map(() => '') as string[]
  row[0] = MEAN
  row[RATIO_COLUMN] = `**${geometricMean(ratios).toFixed(2)}**`
  return `| ${row.join(' | ')} |`
}
