import type { FileSinkConfig } from './file-config-schemas.ts'

/**
 * Names of a file sink's part files. In progress: `.part-<job>-<operator>-<subtask>-<attempt>-<n>.inprogress`, hidden.
 * Visible: `part-<job>-<operator>-<subtask>-<n>.<ending>`. They differ for different jobs, sinks and subtasks, so many
 * may write into one folder.
 */
export interface PartOwner {
  readonly jobId: string
  /** uid of the sink's node. */
  readonly operator: string
}

const ENDINGS: Readonly<Record<FileSinkConfig['format'], string>> = { lines: 'txt', json: 'json', csv: 'csv' }
const OPERATOR_LENGTH_MAX = 40
/** So that files stand in the order of their making when they are sorted by name. */
const NUMBER_DIGITS = 5

export function inProgressName(owner: PartOwner, subtask: number, attempt: number, n: number): string {
  return `${inProgressPrefix(owner)}${subtask}-${attempt}-${numbered(n)}.inprogress`
}

export function visibleName(owner: PartOwner, subtask: number, n: number, format: FileSinkConfig['format']): string {
  return `part-${baseOf(owner)}-${subtask}-${numbered(n)}.${ENDINGS[format]}`
}

/** Subtask, attempt and number of an in-progress file of this owner; undefined for any other file. */
export function readInProgress(
  name: string,
  owner: PartOwner,
): { subtask: number; attempt: number; n: number } | undefined {
  const prefix = inProgressPrefix(owner)
  if (!name.startsWith(prefix)) return undefined
  const match = /^(\d+)-(\d+)-(\d+)\.inprogress$/.exec(name.slice(prefix.length))
  return match === null ? undefined : { subtask: Number(match[1]), attempt: Number(match[2]), n: Number(match[3]) }
}

/** Subtask and number of a visible file of this owner; undefined for any other file. */
export function readVisible(name: string, owner: PartOwner): { subtask: number; n: number } | undefined {
  const prefix = `part-${baseOf(owner)}-`
  if (!name.startsWith(prefix)) return undefined
  const match = /^(\d+)-(\d+)\.[a-z]+$/.exec(name.slice(prefix.length))
  return match === null ? undefined : { subtask: Number(match[1]), n: Number(match[2]) }
}

function numbered(n: number): string {
  return String(n).padStart(NUMBER_DIGITS, '0')
}

function inProgressPrefix(owner: PartOwner): string {
  return `.part-${baseOf(owner)}-`
}

function baseOf({ jobId, operator }: PartOwner): string {
  return `${fileNamePart(jobId)}-${fileNamePart(operator)}`
}

/** A text as a part of a file name: as it is when it is short and plain, else shortened with a hash of the whole. */
function fileNamePart(text: string): string {
  if (text.length <= OPERATOR_LENGTH_MAX && /^\w[\w.-]*$/.test(text)) return text
  const plain = text.replace(/[^\w.-]+/g, '_').slice(0, OPERATOR_LENGTH_MAX - 9)
  return `${plain}_${hash(text)}`
}

/** FNV-1a, 32 bits. */
function hash(text: string): string {
  let bits = 0x811c_9dc5
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x0100_0193)
  return (bits >>> 0).toString(16).padStart(8, '0')
}
