/** Log lines and rows come once a second at the latest. */
const ARRIVAL_TIMEOUT_MS = 10_000

/** Asks until what it is about is there. */
export async function arrived<T>(ask: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> {
  const until = performance.now() + ARRIVAL_TIMEOUT_MS
  for (;;) {
    const found = await ask()
    if (isThere(found)) return found
    if (performance.now() > until) throw new Error(`a part of the result has not arrived: ${JSON.stringify(found)}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
