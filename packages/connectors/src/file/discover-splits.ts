import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { DiscoveryContext, SourceSplit } from '@weir/engine/operators/source'
import { parse } from 'csv-parse/sync'
import { fileAccess } from './file-access.ts'
import type { FileSourceConfig } from './file-config-schemas.ts'
import { type FileSplit, splitId } from './file-split.ts'
import { type FoundFile, findFiles } from './find-files.ts'

/** Enough splits that a subtask that is done early finds another, without a split being all overhead. */
const SPLITS_PER_SUBTASK = 2
const SPLIT_BYTES_MIN = 128 * 1024
const HEADER_BYTES_MAX = 1024 * 1024

/** The splits of a file source, in the order of the files' names and of the bytes in them. */
export async function discoverFileSplits(
  config: FileSourceConfig,
  { workdir, parallelism }: DiscoveryContext,
  minSplitBytes = SPLIT_BYTES_MIN,
): Promise<SourceSplit[]> {
  const files = (await findFiles(config.path, workdir)).filter(file => file.sizeBytes > 0)
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const splitBytes = Math.max(minSplitBytes, Math.ceil(totalBytes / (parallelism * SPLITS_PER_SUBTASK)))
  const splits: FileSplit[] = []
  for (const file of files) {
    if (config.format !== 'csv') splits.push(...ranges(file, 0, splitBytes))
    else splits.push(...(await csvRanges(file, config.multiline === false ? splitBytes : file.sizeBytes, workdir)))
  }
  return splits.map(split => ({ id: splitId(split), state: split }))
}

function ranges({ path, sizeBytes }: FoundFile, from: number, splitBytes: number): FileSplit[] {
  const length = sizeBytes - from
  const count = Math.max(1, Math.round(length / splitBytes))
  const bound = (index: number): number => from + Math.floor((length * index) / count)
  return Array.from({ length: count }, (_, index) => ({ path, start: bound(index), end: bound(index + 1) }))
}

async function csvRanges(file: FoundFile, splitBytes: number, workdir: string): Promise<FileSplit[]> {
  const { header, endsAt } = await readHeader(resolve(workdir, file.path))
  if (endsAt >= file.sizeBytes) return []
  return ranges(file, endsAt, splitBytes).map((split, index) =>
    // The first record after the header starts right there, so there is no partial one to pass over.
    index === 0 ? { ...split, header, position: split.start } : { ...split, header },
  )
}

/** The column names in a file's first record, and where the next record starts. */
async function readHeader(path: string): Promise<{ header: string[]; endsAt: number }> {
  const bytes = await firstBytes(path)
  let first: { record: string[]; info: { bytes: number } } | undefined
  try {
    const found = parse(bytes, { bom: true, info: true, to: 1, skip_empty_lines: true }) as unknown
    first = (found as { record: string[]; info: { bytes: number } }[])[0]
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new WeirError('INPUT_FORMAT', `${path}, line 1: the CSV header cannot be read: ${why}`, { cause: error })
  }
  if (first === undefined) return { header: [], endsAt: Number.POSITIVE_INFINITY }
  const header = first.record.map(name => name.trim())
  const twice = header.find((name, index) => header.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new WeirError('INPUT_FORMAT', `${path}, line 1: the CSV header names the column "${twice}" twice; rename one`)
  }
  return { header, endsAt: first.info.bytes }
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    await using file = await open(path)
    const bytes = Buffer.alloc(HEADER_BYTES_MAX)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    return bytes.subarray(0, bytesRead)
  } catch (error) {
    throw fileAccess('read', path, error)
  }
}
