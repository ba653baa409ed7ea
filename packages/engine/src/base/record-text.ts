/** A text of a record has at most so many characters. */
export const RECORD_TEXT_MAX = 2_000
/** Deeper objects are shown by an ellipsis. */
const DEPTH_MAX = 8

/**
 * A record as text for people, near to JSON, of at most `charactersMax` characters; what is beyond is cut and marked by an
 * ellipsis. Works for whatever user code may emit: cycles, getters that throw, objects without end. Never throws.
 */
export function recordText(record: unknown, charactersMax = RECORD_TEXT_MAX): string {
  const printer = new Printer(charactersMax)
  try {
    printer.print(record, 0)
  } catch (error) {
    // A proxy may refuse any question about itself.
    printer.add(` [cannot be shown: ${error instanceof Error ? error.name : typeof error}]`)
  }
  return printer.text
}

class Printer {
  readonly #charactersMax: number
  readonly #above: object[] = []
  #text = ''

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax
  }

  get text(): string {
    const text = this.#text.toWellFormed()
    return this.#isFull ? `${text.slice(0, this.#charactersMax - 1).toWellFormed()}…` : text
  }

  add(text: string): void {
    // What comes after the end is not even joined: a string may be as long as memory.
    this.#text += text.slice(0, this.#charactersMax + 1)
  }

  get #isFull(): boolean {
    return this.#text.length > this.#charactersMax
  }

  print(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.add(JSON.stringify(value.slice(0, this.#charactersMax)))
        return
      case 'bigint':
        this.add(`${value}n`)
        return
      case 'function':
        this.add(`[function ${value.name}]`)
        return
      case 'object':
        if (value !== null) {
          this.#printObject(value, depth)
          return
        }
    }
    this.add(Object.is(value, -0) ? '-0' : String(value))
  }

  #printObject(value: object, depth: number): void {
    const plain = shortForm(value)
    if (plain !== null) this.add(plain)
    else if (this.#above.includes(value)) this.add('[circular]')
    else if (depth >= DEPTH_MAX) this.add(Array.isArray(value) ? '[…]' : '{…}')
    else {
      this.#above.push(value)
      if (Array.isArray(value)) this.#printList('[', value, ']', depth)
      else if (value instanceof Set) this.#printList(`Set(${value.size}) [`, value, ']', depth)
      else if (value instanceof Map) this.#printList(`Map(${value.size}) [`, value, ']', depth)
      else this.#printFields(value as Readonly<Record<string, unknown>>, depth)
      this.#above.pop()
    }
  }

  #printList(open: string, items: Iterable<unknown>, close: string, depth: number): void {
    this.add(open)
    let first = true
    for (const item of items) {
      if (this.#isFull) return
      if (!first) this.add(', ')
      first = false
      this.print(item, depth + 1)
    }
    this.add(close)
  }

  #printFields(value: Readonly<Record<string, unknown>>, depth: number): void {
    this.add('{')
    let first = true
    for (const name in value) {
      if (this.#isFull) return
      if (!Object.hasOwn(value, name)) continue
      this.add(`${first ? '' : ', '}${JSON.stringify(name.slice(0, this.#charactersMax))}: `)
      first = false
      this.#printField(value, name, depth)
    }
    this.add('}')
  }

  #printField(value: Readonly<Record<string, unknown>>, name: string, depth: number): void {
    let field: unknown
    try {
      field = value[name]
    } catch {
      this.add('[its getter throws]')
      return
    }
    this.print(field, depth + 1)
  }
}

/** Of objects whose fields say nothing; null for others. */
function shortForm(value: object): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid date]' : JSON.stringify(value)
  if (value instanceof RegExp) return String(value)
  if (value instanceof Error) return JSON.stringify(`${value.name}: ${value.message}`)
  if (value instanceof Promise) return '[promise]'
  if (ArrayBuffer.isView(value)) return `[${value.constructor.name} of ${value.byteLength} bytes]`
  if (value instanceof ArrayBuffer) return `[ArrayBuffer of ${value.byteLength} bytes]`
  return null
}
