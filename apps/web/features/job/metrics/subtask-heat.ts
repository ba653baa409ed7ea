import type { JobDoc } from '@weir/proto/web/job-doc'

export const HEAT_BUCKETS = 30
export const HEAT_BUCKET_MS = 10_000
const NOTHING = 255

/**
 * How busy every subtask was in the last five minutes that the page saw: the most of each ten seconds, as whole percent
 * in one byte. The server keeps a history per vertex; this is the finer one, kept small enough for thousands of subtasks.
 */
export class SubtaskHeat {
  readonly #rows = new Map<string, Uint8Array>()
  #newest = -1

  record(doc: JobDoc, at: number): void {
    const bucket = Math.floor(at / HEAT_BUCKET_MS)
    if (bucket > this.#newest) this.#forget(bucket)
    for (const [vertexId, vertex] of Object.entries(doc.vertices)) {
      for (const [index, { busy }] of Object.entries(vertex.subtasks)) {
        if (busy === null) continue
        const row = this.#row(rowKey(vertexId, index))
        const place = bucket % HEAT_BUCKETS
        const percent = Math.round(Math.min(1, Math.max(0, busy)) * 100)
        if (row[place] === NOTHING || percent > row[place]!) row[place] = percent
      }
    }
  }

  /** Oldest first, 0 to 1; null where nothing was known. Empty for a subtask that was never seen. */
  of(vertexId: string, index: string): readonly (number | null)[] {
    const row = this.#rows.get(rowKey(vertexId, index))
    if (row === undefined) return []
    return Array.from({ length: HEAT_BUCKETS }, (_, at) => {
      const percent = row[(this.#newest + 1 + at) % HEAT_BUCKETS]!
      return percent === NOTHING ? null : percent / 100
    })
  }

  /** Clears the places that new buckets take over from old ones. */
  #forget(bucket: number): void {
    const since = Math.max(this.#newest + 1, bucket - HEAT_BUCKETS + 1)
    for (const row of this.#rows.values()) {
      for (let each = since; each <= bucket; each++) row[each % HEAT_BUCKETS] = NOTHING
    }
    this.#newest = bucket
  }

  #row(key: string): Uint8Array {
    let row = this.#rows.get(key)
    if (row === undefined) {
      row = new Uint8Array(HEAT_BUCKETS).fill(NOTHING)
      this.#rows.set(key, row)
    }
    return row
  }
}

function rowKey(vertexId: string, index: string): string {
  return `${index} ${vertexId}`
}
