const KEY = 'weir.tab'
const LOCK = 'weir.tab.'

/**
 * A name of this tab that a refresh keeps. A duplicated tab begins with a copy of it: the lock that the first one holds
 * tells the second to take another.
 */
export function claimTabId(): Promise<string> {
  claimed ??= claim()
  return claimed
}

/** Once for a page: who asks for its own name a second time would find it taken. */
let claimed: Promise<string> | undefined

async function claim(): Promise<string> {
  const kept = window.sessionStorage.getItem(KEY)
  const id = kept !== null && (await lock(kept)) ? kept : await freshId()
  window.sessionStorage.setItem(KEY, id)
  return id
}

/** The tabs of this browser that live. Empty where the browser does not tell (no secure context). */
export async function liveTabIds(): Promise<ReadonlySet<string>> {
  if (navigator.locks === undefined) return new Set()
  const { held = [] } = await navigator.locks.query()
  const names = held.map(({ name = '' }) => name).filter(name => name.startsWith(LOCK))
  return new Set(names.map(name => name.slice(LOCK.length)))
}

async function freshId(): Promise<string> {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(16).padStart(2, '0')).join('')
  await lock(id)
  return id
}

/** Holds the lock for as long as the tab lives; false when another tab has it. */
function lock(id: string): Promise<boolean> {
  if (navigator.locks === undefined) return Promise.resolve(true)
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(LOCK + id, { ifAvailable: true }, held => {
        resolve(held !== null)
        if (held === null) return undefined
        return new Promise<never>(() => undefined)
      })
      .catch(reject)
  })
}
