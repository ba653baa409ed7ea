import { below, mix, next, startOf } from './random.ts'
import { fourDigits } from './vocabulary.ts'

/** Entries of each pool of pooled text, and the number whose draws make the first of them. */
export const POOL_SIZE = 4096
const POOL_START = 1e12

const URL_HEAD = 'https://www.nexmark.com/'
const URL_TAIL = '/item.htm?query=1'

const THREE_DIGITS = 26 ** 3

/** For each three base-26 digits, least significant first, their letters as three bytes. */
function threeLetters(): Int32Array {
  const letter = (n: number): number => 97 + (n % 26)
  return Int32Array.from(
    { length: THREE_DIGITS },
    (_, i) => letter(i) | (letter(Math.floor(i / 26)) << 8) | (letter(Math.floor(i / 676)) << 16),
  )
}

/** Turns bytes of ASCII into a string; the fastest that the runtime has. */
type AsciiReader = (bytes: Uint8Array, length: number) => string

interface Latin1Bytes extends Uint8Array {
  latin1Slice(from: number, to: number): string
}

/**
 * Where letters are written, many texts one after the other, until one string is made of all and cut into pieces: to
 * make a string costs more than its letters.
 */
export class TextBuffer {
  readonly #bytes: Uint8Array
  readonly #read: AsciiReader
  /** Made here rather than once for all: to describe a job takes no letters, and has little time. */
  readonly #letters = threeLetters()
  #length = 0
  #state = 0

  constructor(sizeBytes: number) {
    this.#bytes = newBytes(sizeBytes)
    this.#read = asciiReader(this.#bytes)
  }

  get length(): number {
    return this.#length
  }

  /** The state of the draws. */
  get state(): number {
    return this.#state
  }

  start(state: number): void {
    this.#state = state
  }

  /** `text(min, max)`: draws its length and its letters. */
  text(min: number, max: number): void {
    let s = next(this.#state)
    const end = this.#length + min + below(mix(s), max - min + 1)
    const bytes = this.#bytes
    const letters = this.#letters
    // Groups of six: the last may write up to five bytes too many, which the next text overwrites.
    for (let at = this.#length; at < end; at += 6) {
      s = next(s)
      const digits = mix(s) >>> 0
      const high = (digits / THREE_DIGITS) >>> 0
      const first = letters[digits % THREE_DIGITS] as number
      const second = letters[high % THREE_DIGITS] as number
      bytes[at] = first
      bytes[at + 1] = first >> 8
      bytes[at + 2] = first >> 16
      bytes[at + 3] = second
      bytes[at + 4] = second >> 8
      bytes[at + 5] = second >> 16
    }
    this.#state = s
    this.#length = end
  }

  /** A text that needs no draw. */
  put(text: string): void {
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i)
  }

  /** All that was written since the last time. */
  take(): string {
    const text = this.#read(this.#bytes, this.#length)
    this.#length = 0
    return text
  }
}

interface NodeBuffers {
  readonly Buffer?: { allocUnsafeSlow(size: number): Uint8Array }
}

/** A job's module has no typings of Node, and the sandbox that asks for its graph has no Node at all. */
function newBytes(size: number): Uint8Array {
  return (globalThis as NodeBuffers).Buffer?.allocUnsafeSlow(size) ?? new Uint8Array(size)
}

function asciiReader(bytes: Uint8Array): AsciiReader {
  if ('latin1Slice' in bytes) return (from, length) => (from as Latin1Bytes).latin1Slice(0, length)
  return (from, length) => {
    let text = ''
    for (let at = 0; at < length; at += 4096) {
      text += String.fromCharCode(...from.subarray(at, Math.min(at + 4096, length)))
    }
    return text
  }
}

export function putEmailAddress(buffer: TextBuffer): void {
  buffer.text(7, 7)
  buffer.put('@')
  buffer.text(5, 5)
  buffer.put('.com')
}

export function putUrl(buffer: TextBuffer): void {
  buffer.put(URL_HEAD)
  buffer.text(5, 5)
  buffer.put('/')
  buffer.text(5, 5)
  buffer.put('/')
  buffer.text(5, 5)
  buffer.put(URL_TAIL)
}

/** Ready texts by field. */
export interface TextPools {
  readonly emailAddress: readonly string[]
  readonly personExtra: readonly string[]
  readonly itemName: readonly string[]
  readonly description: readonly string[]
  readonly auctionExtra: readonly string[]
  readonly url: readonly string[]
  readonly bidExtra: readonly string[]
  /** Not pools of the page, which draws channels and digits in both modes alike: the strings that there are. */
  readonly channel: readonly string[]
  readonly fourDigits: readonly string[]
}

export function makePools(seedMixed: number): TextPools {
  const buffer = new TextBuffer(512)
  const pool = (put: (buffer: TextBuffer) => void): string[] =>
    Array.from({ length: POOL_SIZE }, (_, j) => {
      buffer.start(startOf(seedMixed, POOL_START + j))
      put(buffer)
      return buffer.take()
    })
  const text = (min: number, max: number) => pool(target => target.text(min, max))
  return {
    emailAddress: pool(putEmailAddress),
    personExtra: text(80, 120),
    itemName: text(10, 20),
    description: text(50, 100),
    auctionExtra: text(250, 350),
    url: pool(putUrl),
    bidExtra: text(20, 60),
    channel: Array.from({ length: 10_000 }, (_, i) => `channel-${i}`),
    fourDigits: Array.from({ length: 10_000 }, (_, i) => fourDigits(i)),
  }
}
