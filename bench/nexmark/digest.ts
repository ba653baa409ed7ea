/** FNV-1a-32 offset bases of the two sums. */
export const DIGEST_BASES = [0x811c9dc5, 0x01234567] as const
const FNV_PRIME = 0x01000193

/** FNV-1a-32 of the text's UTF-8 bytes, signed. */
export function fnv1a(text: string, basis: number): number {
  let hash = basis | 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.codePointAt(i) as number
    if (unit < 0x80) hash = Math.imul(hash ^ unit, FNV_PRIME)
    else {
      for (const byte of utf8(unit)) hash = Math.imul(hash ^ byte, FNV_PRIME)
      if (unit > 0xffff) i++
    }
  }
  return hash
}

function utf8(point: number): number[] {
  const rest = (shift: number): number => 0x80 | ((point >> shift) & 0x3f)
  if (point < 0x800) return [0xc0 | (point >> 6), rest(0)]
  if (point < 0x10000) return [0xe0 | (point >> 12), rest(6), rest(0)]
  return [0xf0 | (point >> 18), rest(12), rest(6), rest(0)]
}

/** The digest of a multiset of rows: it does not depend on their order, and those of parts can be joined. */
export class Digest {
  rows = 0
  #a = 0
  #b = 0

  add(row: string): void {
    this.rows++
    this.#a = (this.#a + fnv1a(row, DIGEST_BASES[0])) | 0
    this.#b = (this.#b + fnv1a(row, DIGEST_BASES[1])) | 0
  }

  /** `other` as `toString` wrote it. */
  join(other: string): void {
    const [rows, a, b] = other.split(':') as [string, string, string]
    this.rows += Number(rows)
    this.#a = (this.#a + Number.parseInt(a, 16)) | 0
    this.#b = (this.#b + Number.parseInt(b, 16)) | 0
  }

  /** `rows:a:b`. */
  toString(): string {
    const hex = (sum: number): string => (sum >>> 0).toString(16).padStart(8, '0')
    return `${this.rows}:${hex(this.#a)}:${hex(this.#b)}`
  }
}
