import { resolve } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { ReaderContext, ReaderOutput, Source, SourceReader, SourceSplit } from '@weir/engine/operators/source'
import { CsvFormat } from './csv-rows.ts'
import { discoverFileSplits } from './discover-splits.ts'
import { type FileSourceConfig, fileSourceConfigSchema } from './file-config-schemas.ts'
import { type FileSplit, splitId } from './file-split.ts'
import { jsonLines, type Refuse } from './json-lines.ts'
import type { BlockFormat, RecordBlock } from './record-block.ts'
import { type Chunk, RecordChunks } from './record-chunks.ts'
import { LineFormat } from './text-lines.ts'

const RECORDS_PER_POLL = 1_024
/** So many records left out are logged one by one; of the rest, only their number. */
const SKIPS_LOGGED_MAX = 10

/** The source behind `fileSource`. */
export const fileSourceRuntime: Source = {
  type: 'fileSource',
  isBounded: () => true,
  discoverSplits: async (config, context) => discoverFileSplits(parseConfig(config), context),
  createReader: (config, context) => new FileSourceReader(parseConfig(config), context),
}

function parseConfig(config: unknown): FileSourceConfig {
  const result = fileSourceConfigSchema.safeParse(config)
  if (result.success) return result.data
  throw new WeirError('CONNECTOR_CONFIG', `fileSource: ${result.error.issues.map(issue => issue.message).join('; ')}`)
}

/** Reads its splits one after the other, each in the order of the file. */
export class FileSourceReader implements SourceReader {
  readonly #config: FileSourceConfig
  readonly #context: ReaderContext
  readonly #waiting: FileSplit[] = []
  #current: OpenSplit | undefined
  #noMoreSplits = false
  #skipped = 0

  constructor(config: FileSourceConfig, context: ReaderContext) {
    this.#config = config
    this.#context = context
  }

  addSplits(splits: readonly SourceSplit[]): void {
    this.#waiting.push(...splits.map(split => split.state as FileSplit))
    this.#openNext()
  }

  noMoreSplits(): void {
    this.#noMoreSplits = true
  }

  poll(output: ReaderOutput): 'emitted' | 'nothing' | 'finished' {
    const current = this.#current
    if (current === undefined) return this.#noMoreSplits ? 'finished' : 'nothing'
    const answer = current.poll(output)
    if (answer !== 'ended') return answer
    current.close()
    output.splitFinished(current.id)
    this.#current = undefined
    this.#openNext()
    return 'emitted'
  }

  wantsSplit(): boolean {
    // Asked for while the last bytes are still being handled, so that the next file is open when they are through.
    return this.#waiting.length === 0 && (this.#current === undefined || this.#current.allRead)
  }

  snapshot(): readonly SourceSplit[] {
    const open = this.#current === undefined ? [] : [this.#current.snapshot()]
    return [...open, ...this.#waiting].map(split => ({ id: splitId(split), state: split }))
  }

  close(): void {
    this.#current?.close()
    this.#current = undefined
    if (this.#skipped > SKIPS_LOGGED_MAX) {
      this.#context.logger.warn(`${this.#skipped} records of ${this.#config.path} could not be read and were left out`)
    }
  }

  /** How many records were left out, with `onError: 'skip'`. */
  get skippedRecords(): number {
    return this.#skipped
  }

  #openNext(): void {
    if (this.#current !== undefined) return
    const split = this.#waiting.shift()
    if (split === undefined) return
    const path = resolve(this.#context.workdir, split.path)
    this.#current = new OpenSplit(split, path, this.#format(path, split), this.#multiline, this.#context.wakeUp)
  }

  get #multiline(): boolean {
    return this.#config.format === 'csv' && this.#config.multiline !== false
  }

  #format(path: string, split: FileSplit): BlockFormat {
    switch (this.#config.format) {
      case 'lines':
        return new LineFormat()
      case 'json':
        return jsonLines(path, this.#refuse)
      case 'csv': {
        const { schema = {} } = this.#config
        const { header = [] } = split
        return new CsvFormat({ path, header, schema, multiline: this.#multiline, refuse: this.#refuse })
      }
    }
  }

  readonly #refuse: Refuse = makeError => {
    if (this.#config.onError !== 'skip') throw makeError()
    this.#skipped++
    if (this.#skipped <= SKIPS_LOGGED_MAX) this.#context.logger.warn(`left out: ${makeError().message}`)
  }
}

/** One split while it is read: chunks come from the file, blocks are decoded one at a time. */
class OpenSplit {
  readonly id: string
  readonly #split: FileSplit
  readonly #format: BlockFormat
  readonly #chunks: RecordChunks
  #chunk: Chunk | undefined
  /** Bytes of the chunk that were made into blocks. */
  #used = 0
  #block: RecordBlock | undefined
  #blockOffset = 0
  /** After the last record that was emitted; undefined until the first chunk is there. */
  #position: number | undefined

  constructor(split: FileSplit, path: string, format: BlockFormat, quoted: boolean, changed: () => void) {
    this.id = splitId(split)
    this.#split = split
    this.#format = format
    const { start, end, position } = split
    this.#position = position
    this.#chunks = new RecordChunks({
      path,
      start: position ?? start,
      end,
      align: position === undefined,
      quoted,
      changed,
    })
  }

  get allRead(): boolean {
    return this.#chunks.allRead
  }

  poll(output: ReaderOutput): 'emitted' | 'nothing' | 'ended' {
    const out = output.forSplit(this.id)
    if (out.paused === true) return 'nothing'
    let emitted = 0
    while (emitted < RECORDS_PER_POLL && !output.blocked) {
      const block = this.#nextBlock()
      if (block === undefined) {
        if (emitted > 0) return 'emitted'
        return this.#chunks.ended ? 'ended' : 'nothing'
      }
      emitted += block.emit(output, out, RECORDS_PER_POLL - emitted)
    }
    return 'emitted'
  }

  snapshot(): FileSplit {
    const position = this.#block === undefined ? this.#position : this.#blockOffset + this.#block.position()
    return position === undefined ? this.#split : { ...this.#split, position }
  }

  close(): void {
    this.#chunks.close()
    this.#chunk = undefined
    this.#block = undefined
  }

  /** The block that has records left, made from the next bytes when the last one has none. */
  #nextBlock(): RecordBlock | undefined {
    if (this.#block !== undefined && !this.#block.done) return this.#block
    if (this.#block !== undefined) {
      this.#position = this.#blockOffset + this.#block.position()
      this.#block = undefined
    }
    if (this.#chunk !== undefined && this.#used >= this.#chunk.bytes.length) {
      this.#chunks.release(this.#chunk)
      this.#chunk = undefined
    }
    if (this.#chunk === undefined) {
      this.#chunk = this.#chunks.take()
      this.#used = 0
      if (this.#chunk === undefined) return undefined
    }
    const { bytes, offset } = this.#chunk
    const end = this.#format.blockEnd(bytes, this.#used)
    this.#blockOffset = offset + this.#used
    this.#block = this.#format.block(bytes.subarray(this.#used, end), this.#blockOffset)
    this.#used = end
    return this.#block
  }
}
