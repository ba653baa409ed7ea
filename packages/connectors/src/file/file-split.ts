/**
 * A part of one file: the records that START at a byte in [start, end). A record that begins inside and ends beyond
 * `end` belongs to it whole; one that began before `start` belongs to the split before.
 */
export interface FileSplit {
  /** As the config names it: relative paths stay relative, so that each machine takes them from its own work folder. */
  readonly path: string
  readonly start: number
  readonly end: number
  /** Where the next record starts, once the split has been begun. */
  readonly position?: number
  /** CSV: the column names of the file. */
  readonly header?: readonly string[]
}

export function splitId(split: FileSplit): string {
  return `${split.path}:${split.start}-${split.end}`
}
