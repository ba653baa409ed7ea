import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { TimerHandle } from '@weir/engine/base/platform'
import type { Sink, SinkWriter, WriterContext } from '@weir/engine/operators/sink'
import { fileAccess } from './file-access.ts'
import { type FileCommittable, FileCommitter, remove } from './file-committer.ts'
import { type FileSinkConfig, fileSinkConfigSchema } from './file-config-schemas.ts'
import { makeFolder } from './make-folder.ts'
import { PartFile } from './part-file.ts'
import { inProgressName, type PartOwner, readInProgress, readVisible, visibleName } from './part-names.ts'
import { type RecordText, recordText } from './record-text.ts'

const ROLL_BYTES_DEFAULT = 128 * 1024 * 1024
const ROLL_MS_DEFAULT = 10_000
/** So much waits to be written before upstream has to stop. */
const PENDING_CHARS_MAX = 4 * 1024 * 1024

/** The sink behind `fileSink`. */
export const fileSinkRuntime: Sink = {
  type: 'fileSink',
  createWriter: (config, context) => new FileSinkWriter(parseConfig(config), context),
  createCommitter: (config, { jobId, operator, workdir }) =>
    new FileCommitter(parseConfig(config).path, workdir, { jobId, operator }),
}

function parseConfig(config: unknown): FileSinkConfig {
  const result = fileSinkConfigSchema.safeParse(config)
  if (result.success) return result.data
  throw new WeirError('CONNECTOR_CONFIG', `fileSink: ${result.error.issues.map(issue => issue.message).join('; ')}`)
}

interface OpenPart {
  readonly file: PartFile
  readonly committable: FileCommittable
}

/**
 * Writes part files of one subtask.
 *
 * Invariant: a file is named in exactly one answer of `prepareCommit`, after it is durable and closed. Nothing becomes
 * visible but through a commit; an endless job without checkpoints does that itself every `rollMs`.
 */
export class FileSinkWriter implements SinkWriter {
  readonly #config: FileSinkConfig
  readonly #context: WriterContext
  readonly #owner: PartOwner
  readonly #folder: string
  #next = 0
  #part: OpenPart | undefined
  #text: RecordText
  /** Full parts that are being closed, or are closed and not yet named to anybody. */
  #closing: Promise<FileCommittable>[] = []
  #failure: unknown
  #timer: TimerHandle | undefined
  /** Prepares and commits come one after the other, whoever asks for them. */
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(config: FileSinkConfig, context: WriterContext) {
    this.#config = config
    this.#context = context
    this.#owner = { jobId: context.subtask.jobId, operator: context.operator }
    this.#folder = resolve(context.workdir, config.path)
    this.#text = recordText(config)
  }

  async open(): Promise<void> {
    try {
      await makeFolder(this.#folder)
    } catch (error) {
      throw fileAccess('make the folder', this.#folder, error)
    }
    await this.#takeOver()
    if (this.#context.bounded === false && !this.#context.checkpointed) this.#commitLater()
  }

  write(value: unknown): void {
    this.#check()
    const part = this.#part ?? this.#begin(value)
    part.file.append(this.#text.line(value))
    if (part.file.sizeBytes >= (this.#config.rollBytes ?? ROLL_BYTES_DEFAULT)) this.#roll()
  }

  isReady(): boolean {
    this.#check()
    return this.#part === undefined || this.#part.file.pendingChars < PENDING_CHARS_MAX
  }

  prepareCommit(): Promise<readonly FileCommittable[]> {
    return this.#inTurn(() => this.#prepare())
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    await this.#turn
    const part = this.#part
    this.#part = undefined
    await part?.file.abandon()
    // Their failures no longer matter: what was not prepared is thrown away.
    await Promise.allSettled(this.#closing)
  }

  /**
   * Removes what this subtask left in progress before (files of a later attempt are not ours to touch), and goes on
   * counting after its visible files.
   */
  async #takeOver(): Promise<void> {
    const { subtask, attempt } = this.#context.subtask
    const names = await readdir(this.#folder).catch(error => {
      throw fileAccess('list the folder', this.#folder, error)
    })
    for (const name of names) {
      const visible = readVisible(name, this.#owner)
      if (visible?.subtask === subtask) this.#next = Math.max(this.#next, visible.n + 1)
      const left = readInProgress(name, this.#owner)
      if (left?.subtask === subtask && left.attempt <= attempt) await remove(join(this.#folder, name))
    }
  }

  #begin(first: unknown): OpenPart {
    const { subtask, attempt } = this.#context.subtask
    const n = this.#next++
    const temp = inProgressName(this.#owner, subtask, attempt, n)
    const final = visibleName(this.#owner, subtask, n, this.#config.format)
    this.#text = recordText(this.#config)
    const header = this.#text.header(first)
    const file = new PartFile(join(this.#folder, temp), this.#context.wakeUp)
    if (header !== '') file.append(header)
    this.#part = { file, committable: { temp, final } }
    return this.#part
  }

  #roll(): void {
    const part = this.#part
    if (part === undefined) return
    this.#part = undefined
    const closing = part.file.finish().then(() => part.committable)
    closing.catch(error => this.#fail(error))
    this.#closing.push(closing)
  }

  async #prepare(): Promise<readonly FileCommittable[]> {
    this.#roll()
    const closing = this.#closing
    this.#closing = []
    const committables = await Promise.all(closing)
    this.#check()
    return committables
  }

  #commitLater(): void {
    if (this.#closed) return
    this.#timer = this.#context.platform.timers.after(this.#config.rollMs ?? ROLL_MS_DEFAULT, () => {
      this.#inTurn(() => this.#commitOwn()).then(
        () => this.#commitLater(),
        error => this.#fail(error),
      )
    })
  }

  async #commitOwn(): Promise<void> {
    if (this.#closed) return
    const committer = new FileCommitter(this.#config.path, this.#context.workdir, this.#owner)
    await committer.commit(await this.#prepare())
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(action)
    this.#turn = done.catch(() => undefined)
    return done
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
    this.#part?.file.check()
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#context.wakeUp()
  }
}
