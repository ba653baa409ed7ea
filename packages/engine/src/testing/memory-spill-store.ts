import { assert } from '../base/assert.ts'
import {
  endOfPrefix,
  type LaterAnswer,
  readKeys,
  readScan,
  readWrites,
  SpillAnswer,
  type SpillStore,
} from '../state/spill-store.ts'

/** A store in memory, in the place of the one on disk. Keys are held as texts of one unit per byte, which sort alike. */
export class MemorySpillStore implements SpillStore {
  readonly #entries = new Map<string, Uint8Array>()
  readonly #views = new Map<number, Map<string, Uint8Array>>()
  readonly #answer = new SpillAnswer()
  /** What was asked for so far. */
  reads = 0
  writes = 0
  scans = 0
  /** Thrown by the next call, and gone. */
  failure: Error | undefined

  get size(): number {
    return this.#entries.size
  }

  write(request: Uint8Array): void {
    this.#fail()
    readWrites(request, {
      put: (key, value) => {
        this.writes++
        this.#entries.set(textOf(key), value.slice())
      },
      delete: key => {
        this.writes++
        this.#entries.delete(textOf(key))
      },
      deletePrefix: prefix => {
        const start = textOf(prefix)
        for (const key of this.#entries.keys()) if (key.startsWith(start)) this.#entries.delete(key)
      },
    })
  }

  get(request: Uint8Array): Uint8Array {
    return this.#get(request, this.#entries)
  }

  scan(request: Uint8Array): Uint8Array {
    return this.#scan(request, this.#entries)
  }

  get openViews(): number {
    return this.#views.size
  }

  openView(view: number): void {
    this.#fail()
    this.#views.set(view, new Map(this.#entries))
  }

  closeView(view: number): void {
    this.#views.delete(view)
  }

  getIn(view: number, request: Uint8Array): LaterAnswer {
    return later(this.#get(request, this.#view(view)))
  }

  scanIn(view: number, request: Uint8Array): LaterAnswer {
    return later(this.#scan(request, this.#view(view)))
  }

  #view(view: number): ReadonlyMap<string, Uint8Array> {
    const entries = this.#views.get(view)
    assert(entries !== undefined, `view ${view} is not open`)
    return entries
  }

  #get(request: Uint8Array, from: ReadonlyMap<string, Uint8Array>): Uint8Array {
    this.#fail()
    const answer = this.#answer
    answer.reset()
    for (const key of readKeys(request)) {
      this.reads++
      answer.value(from.get(textOf(key)))
    }
    return answer.request
  }

  #scan(request: Uint8Array, from: ReadonlyMap<string, Uint8Array>): Uint8Array {
    this.#fail()
    this.scans++
    const { prefix, after, limit } = readScan(request)
    const start = textOf(prefix)
    const end = endOfPrefix(prefix)
    const least = after === null ? '' : textOf(after)
    const found = [...from.keys()]
      .filter(
        key => key.startsWith(start) && (after === null || key > least) && (end === undefined || key < textOf(end)),
      )
      .sort((a, b) => (a < b ? -1 : 1))
    const answer = this.#answer
    answer.reset()
    for (const key of found.slice(0, limit)) answer.entry(bytesOf(key), from.get(key) as Uint8Array)
    return answer.request
  }

  #fail(): void {
    const { failure } = this
    this.failure = undefined
    if (failure !== undefined) throw failure
  }
}

/** It is there when it is asked for the second time. */
function later(answer: Uint8Array): LaterAnswer {
  const kept = answer.slice()
  let asked = 0
  return {
    get isThere() {
      return asked++ > 0
    },
    take: () => kept,
  }
}

function textOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, unit => unit.charCodeAt(0))
}
