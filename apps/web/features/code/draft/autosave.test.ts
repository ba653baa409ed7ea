import type { Draft, SaveOutcome } from '@weir/proto/web/drafts'
import { beforeEach, expect, test } from 'vitest'
import type { Timers } from '../timers.ts'
import { Autosave, SAVE_DELAY_MS } from './autosave.ts'

/** A server that keeps one draft, can be away, can say no, and answers when it is told to. */
class Server {
  source = 'a'
  revision = 1
  away = false
  refuses: string | null = null
  saves = 0
  restored: boolean[] = []
  readonly held: (() => void)[] = []
  hold = false

  async save(source: string, baseRevision: number, restored: boolean): Promise<SaveOutcome> {
    this.saves++
    this.restored.push(restored)
    if (this.hold) await new Promise<void>(go => this.held.push(go))
    if (this.away) throw new Error('no answer')
    if (this.refuses !== null) throw new Error(`refused: ${this.refuses}`)
    if (baseRevision !== this.revision) return { ok: false, current: this.draft() }
    this.source = source
    return { ok: true, revision: ++this.revision, editedAt: 0 }
  }

  someoneElseSaves(source: string): void {
    this.source = source
    this.revision++
  }

  draft(): Draft {
    const { source, revision } = this
    const times = { createdAt: 0, editedAt: 0 }
    return {
      ...{
        draftId: 'd',
        name: 'n',
        fileName: 'n.ts',
        editedBy: 'ann',
        jobId: null,
        deployedRevision: null,
        samples: [],
      },
      ...times,
      source,
      revision,
    }
  }
}

class ManualTimers implements Timers {
  #now = 0
  #next = 1
  readonly #due = new Map<number, { at: number; fire: () => void }>()
  now = () => this.#now
  set(fire: () => void, delayMs: number): number {
    this.#due.set(this.#next, { at: this.#now + delayMs, fire })
    return this.#next++
  }
  clear(timer: number): void {
    this.#due.delete(timer)
  }
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const first = [...this.#due].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0]
      if (first === undefined) break
      this.#due.delete(first[0])
      this.#now = first[1].at
      first[1].fire()
      await settle()
    }
    this.#now = end
    await settle()
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

let server: Server
let timers: ManualTimers
let kept: { source: string; baseRevision: number } | null
let last: string[]
let autosave: Autosave

beforeEach(() => {
  server = new Server()
  timers = new ManualTimers()
  kept = null
  last = []
  autosave = new Autosave(server.draft(), {
    timers,
    save: (source, base, restored) => server.save(source, base, restored),
    refusal: error => /^refused: (.*)/.exec((error as Error).message)?.[1],
    sendLast: source => last.push(source),
    backup: unsaved => {
      kept = unsaved
    },
  })
})

const phase = () => autosave.state.get().phase

test('a text is saved once typing has paused', async () => {
  autosave.edit('ab')
  await timers.pass(SAVE_DELAY_MS - 1)
  autosave.edit('abc')
  await timers.pass(SAVE_DELAY_MS - 1)
  expect([server.saves, phase()]).toEqual([0, 'saving'])
  await timers.pass(1)
  expect([server.source, server.saves]).toEqual(['abc', 1])
  expect(autosave.state.get()).toEqual({ phase: 'saved', at: timers.now() })
})

test('what the server does not have is in the backup, and nothing else is', async () => {
  autosave.edit('ab')
  expect(kept).toEqual({ source: 'ab', baseRevision: 1 })
  await timers.pass(SAVE_DELAY_MS)
  expect(kept).toBeNull()
})

test('what is typed while a save is on its way is saved after it, never beside it', async () => {
  server.hold = true
  autosave.edit('ab')
  await timers.pass(SAVE_DELAY_MS)
  autosave.edit('abc')
  await timers.pass(5_000)
  expect(server.saves).toBe(1)
  server.hold = false
  server.held[0]!()
  await settle()
  expect([server.source, kept, phase()]).toEqual(['ab', { source: 'abc', baseRevision: 2 }, 'saving'])
  await timers.pass(SAVE_DELAY_MS)
  expect([server.source, kept, phase()]).toEqual(['abc', null, 'saved'])
})

test('typing back to what is saved saves nothing', async () => {
  autosave.edit('ab')
  autosave.edit('a')
  await timers.pass(5_000)
  expect([server.saves, kept, phase()]).toEqual([0, null, 'saved'])
})

test('a server that is away is tried again until it is back, and the text stays in the browser', async () => {
  server.away = true
  autosave.edit('ab')
  await timers.pass(SAVE_DELAY_MS)
  expect([phase(), kept?.source]).toEqual(['unreachable', 'ab'])
  autosave.edit('abc')
  await timers.pass(20_000)
  expect([phase(), kept?.source]).toEqual(['unreachable', 'abc'])
  server.away = false
  await timers.pass(5_000)
  expect([server.source, phase(), kept]).toEqual(['abc', 'saved', null])
})

test('a refusal is shown and not repeated until the text changes', async () => {
  server.refuses = 'you may only read'
  autosave.edit('ab')
  await timers.pass(60_000)
  expect(autosave.state.get()).toEqual({ phase: 'refused', message: 'you may only read' })
  expect([server.saves, kept?.source]).toEqual([1, 'ab'])
  server.refuses = null
  autosave.edit('abc')
  await timers.pass(SAVE_DELAY_MS)
  expect([server.source, phase()]).toEqual(['abc', 'saved'])
})

test('a save in between is a conflict, and nothing is written before it is decided', async () => {
  server.someoneElseSaves('theirs')
  autosave.edit('mine')
  await timers.pass(SAVE_DELAY_MS)
  expect(phase()).toBe('conflict')
  autosave.edit('mine!')
  await timers.pass(60_000)
  expect([server.source, server.saves, kept?.source]).toEqual(['theirs', 1, 'mine!'])
})

test('mine overwrites theirs', async () => {
  server.someoneElseSaves('theirs')
  autosave.edit('mine')
  await timers.pass(SAVE_DELAY_MS)
  autosave.keepMine()
  await timers.pass(0)
  expect([server.source, phase(), kept]).toEqual(['mine', 'saved', null])
  // A version of its own, so that theirs is not lost in the same spell of typing.
  expect(server.restored.at(-1)).toBe(true)
})

test('theirs takes the place of mine', async () => {
  server.someoneElseSaves('theirs')
  autosave.edit('mine')
  await timers.pass(SAVE_DELAY_MS)
  expect(autosave.takeTheirs()).toBe('theirs')
  expect([autosave.text, phase(), kept]).toEqual(['theirs', 'saved', null])
  autosave.edit('theirs and mine')
  await timers.pass(SAVE_DELAY_MS)
  expect(server.source).toBe('theirs and mine')
})

test('two tabs that type the same do not disagree', async () => {
  server.someoneElseSaves('same')
  autosave.edit('same')
  await timers.pass(SAVE_DELAY_MS)
  expect([phase(), kept, autosave.revision.get()]).toEqual(['saved', null, 2])
})

test('a newer text is shown at once where nothing was typed, and is a conflict where something was', async () => {
  server.someoneElseSaves('theirs')
  expect(autosave.seen(server.draft())).toBe('theirs')
  autosave.edit('theirs')
  expect(phase()).toBe('saved')
  autosave.edit('mine')
  server.someoneElseSaves('theirs again')
  expect(autosave.seen(server.draft())).toBeUndefined()
  expect(phase()).toBe('conflict')
})

test('an old answer changes nothing', () => {
  autosave.edit('mine')
  expect(autosave.seen(server.draft())).toBeUndefined()
  expect(phase()).toBe('saving')
})

test('flush saves at once, and what was typed meanwhile as well', async () => {
  server.hold = true
  autosave.edit('ab')
  const flushed = autosave.flush()
  await settle()
  autosave.edit('abc')
  server.hold = false
  server.held[0]!()
  expect(await flushed).toBe(true)
  expect([server.source, phase()]).toEqual(['abc', 'saved'])
})

test('flush ends when the server is away', async () => {
  server.away = true
  autosave.edit('ab')
  expect(await autosave.flush()).toBe(false)
})

test('a page that is left sends what is not saved, and keeps it as well', () => {
  autosave.leave()
  expect(last).toEqual([])
  autosave.edit('ab')
  autosave.leave()
  expect([last, kept?.source]).toEqual([['ab'], 'ab'])
})

test('a page that is left in a conflict overwrites nobody', async () => {
  server.someoneElseSaves('theirs')
  autosave.edit('mine')
  await timers.pass(SAVE_DELAY_MS)
  autosave.leave()
  expect([last, kept?.source]).toEqual([[], 'mine'])
})

test('a text of the history is saved at once and marked, and what is typed after it is not', async () => {
  autosave.restore('old')
  await timers.pass(0)
  autosave.edit('old, changed')
  await timers.pass(SAVE_DELAY_MS)
  expect([server.source, server.restored]).toEqual(['old, changed', [true, false]])
})

test('a kept text that was typed on an older revision waits for a decision', async () => {
  server.someoneElseSaves('theirs')
  autosave.diverged('mine, kept', server.draft())
  await timers.pass(60_000)
  expect([server.saves, phase(), kept?.source]).toEqual([0, 'conflict', 'mine, kept'])
  autosave.keepMine()
  await timers.pass(0)
  expect([server.source, phase()]).toEqual(['mine, kept', 'saved'])
})

test('a page that comes back does not take its own last save for somebody else’s', async () => {
  autosave.edit('ab')
  autosave.leave()
  server.someoneElseSaves('ab')
  autosave.edit('abc')
  await timers.pass(2 * SAVE_DELAY_MS)
  expect([server.source, phase(), kept]).toEqual(['abc', 'saved', null])
})
