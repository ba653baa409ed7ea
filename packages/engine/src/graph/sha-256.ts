// Round constants: the first 32 bits of the fractional parts of the cube roots of the first 64 primes; initial hash: those
// of the square roots of the first 8 (FIPS 180-4, 4.2.2 and 5.3.3). They are computed, so that no digit can be mistyped.
const primes: number[] = []
for (let candidate = 2; primes.length < 64; candidate++) {
  if (primes.every(prime => candidate % prime !== 0)) primes.push(candidate)
}

/** First 32 fractional bits of the k-th root of n, exactly: an integer root found by bisection over big integers. */
function rootFraction(n: number, k: 2n | 3n): number {
  const scaled = BigInt(n) << (32n * k)
  let low = 0n
  let high = 1n << 40n
  while (low + 1n < high) {
    const middle = (low + high) >> 1n
    if (middle ** k <= scaled) low = middle
    else high = middle
  }
  return Number(low & 0xffff_ffffn)
}

const ROUND = Uint32Array.from(primes, prime => rootFraction(prime, 3n))
const INITIAL = Uint32Array.from(primes.slice(0, 8), prime => rootFraction(prime, 2n))

/**
 * SHA-256 (FIPS 180-4) of the UTF-8 form of a text, as 64 hexadecimal digits. In plain JavaScript and synchronous, since
 * the same graph is hashed in Node, in a browser and in places that have no crypto at all.
 */
export function sha256Hex(text: string): string {
  const message = utf8(text)
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x2000_0000))
  view.setUint32(padded.length - 4, (message.length << 3) >>> 0)

  const hash = INITIAL.slice()
  const words = new Uint32Array(64)
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(offset + 4 * i)
    for (let i = 16; i < 64; i++) {
      const early = words[i - 15]
      const late = words[i - 2]
      const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
      const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
      words[i] = words[i - 16] + s0 + words[i - 7] + s1
    }
    compress(hash, words)
  }
  return Array.from(hash, word => word.toString(16).padStart(8, '0')).join('')
}

function compress(hash: Uint32Array, words: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = hash
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const first = (h + s1 + choice + ROUND[i] + words[i]) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + s0 + majority) | 0
  }
  const next = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) hash[i] += next[i]
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

/** UTF-8 by hand: TextEncoder is no part of the language. A lone surrogate becomes U+FFFD, as TextEncoder has it. */
function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3)
  let length = 0
  for (const character of text) {
    let code = character.codePointAt(0) as number
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd
    if (code < 0x80) {
      bytes[length++] = code
      continue
    }
    const tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3
    bytes[length++] = ((0xff00 >> (tail + 1)) & 0xff) | (code >> (6 * tail))
    for (let i = tail - 1; i >= 0; i--) bytes[length++] = 0x80 | ((code >> (6 * i)) & 0x3f)
  }
  return bytes.subarray(0, length)
}
