import { beforeEach, expect, test } from 'vitest'
import { LocalBackup, openingOf, type TextStorage } from './local-backup.ts'

class MapStorage implements TextStorage {
  readonly items = new Map<string, string>()
  full = false
  get length() {
    return this.items.size
  }
  key = (index: number) => [...this.items.keys()][index] ?? null
  getItem = (key: string) => this.items.get(key) ?? null
  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException('no room', 'QuotaExceededError')
    this.items.set(key, value)
  }
  removeItem(key: string): void {
    this.items.delete(key)
  }
}

const text = (source: string, at = 1) => ({ source, baseRevision: 3, at })
const nobody: ReadonlySet<string> = new Set()
let storage: MapStorage

beforeEach(() => {
  storage = new MapStorage()
})

test('a tab finds its own text after a refresh', () => {
  new LocalBackup(storage, 'd', 'tab').write(text('mine'))
  expect(new LocalBackup(storage, 'd', 'tab').take(new Set(['tab']))).toEqual(text('mine'))
})

test('a new tab takes over the newest text of tabs that are gone', () => {
  new LocalBackup(storage, 'd', 'gone').write(text('old', 1))
  new LocalBackup(storage, 'd', 'gone too').write(text('new', 2))
  const backup = new LocalBackup(storage, 'd', 'tab')
  expect(backup.take(nobody)).toEqual(text('new', 2))
  backup.clear()
  expect(backup.take(nobody)).toEqual(text('old', 1))
})

test('the text of a tab that lives is left to it', () => {
  new LocalBackup(storage, 'd', 'other').write(text('theirs'))
  expect(new LocalBackup(storage, 'd', 'tab').take(new Set(['other']))).toBeNull()
})

test('drafts are kept apart, also where one id begins with another', () => {
  new LocalBackup(storage, 'd1', 'gone').write(text('of d1'))
  expect(new LocalBackup(storage, 'd', 'tab').take(nobody)).toBeNull()
})

test('what cannot be read is no backup', () => {
  storage.items.set('weir.unsaved.d/gone', '{"source":')
  storage.items.set('weir.unsaved.d/other', '{"source":1}')
  expect(new LocalBackup(storage, 'd', 'tab').take(nobody)).toBeNull()
})

test('a browser without room says so, and what it has stays', () => {
  const gone = new LocalBackup(storage, 'd', 'gone')
  gone.write(text('kept'))
  storage.full = true
  const backup = new LocalBackup(storage, 'd', 'tab')
  expect(backup.write(text('more'))).toBe(false)
  expect(backup.take(nobody)).toEqual(text('kept'))
  expect(storage.items.size).toBe(1)
})

test('an unsaved text is shown and saved where nobody saved since', () => {
  expect(openingOf({ source: 'a', revision: 3 }, text('b', 9))).toEqual({ kind: 'restored', source: 'b', at: 9 })
})

test('where somebody saved since, whoever sits there decides', () => {
  expect(openingOf({ source: 'a', revision: 4 }, text('b', 9))).toEqual({ kind: 'diverged', source: 'b', at: 9 })
})

test('a text that the server has already is nothing to speak of', () => {
  expect(openingOf({ source: 'b', revision: 4 }, text('b'))).toEqual({ kind: 'saved' })
  expect(openingOf({ source: 'b', revision: 4 }, null)).toEqual({ kind: 'saved' })
})
