import { describe, expect, it } from 'vitest'
import type { Next } from './transitions.ts'
import { checkEdge, EDGES, isTerminal } from './transitions.ts'

describe('the table of transitions', () => {
  it('refuses an edge that is not in it at run time', () => {
    expect(() => checkEdge('finished', 'running')).toThrow('a job may not go from finished to running')
    expect(() => checkEdge('running', 'committing')).not.toThrow()
  })

  it('refuses it at compile time too', () => {
    const finished = { name: 'finished', attempt: 1 } as const
    // @ts-expect-error: a created job cannot be finished
    const impossible: Next<'created'> = finished
    expect(impossible).toBe(finished)
  })

  it('reaches every state from created, and from every state an end', () => {
    const names = Object.keys(EDGES) as (keyof typeof EDGES)[]
    const reachable = (from: keyof typeof EDGES): Set<string> => {
      const seen = new Set<string>([from])
      const queue: (keyof typeof EDGES)[] = [from]
      for (const name of queue) {
        for (const to of EDGES[name]) {
          if (seen.has(to)) continue
          seen.add(to)
          queue.push(to)
        }
      }
      return seen
    }
    expect([...reachable('created')].sort()).toEqual([...names].sort())
    for (const name of names) {
      expect([...reachable(name)].some(to => ['finished', 'failed', 'canceled'].includes(to))).toBe(true)
    }
  })

  it('knows the ends', () => {
    expect(isTerminal({ name: 'canceled', attempt: 1 })).toBe(true)
    expect(isTerminal({ name: 'created' })).toBe(false)
  })
})
