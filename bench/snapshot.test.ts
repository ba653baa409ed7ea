import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('snapshot.ts', import.meta.url))

test.each(['1', '0.2'])(
  'the benchmark of snapshots writes what has changed, and it can be read again, with room for a share of %s',
  async room => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      script,
      ...['--entries', '10000', '--changed', '0.02', '--room', room, '--json'],
    ])
    const result = JSON.parse(stdout) as Record<string, number | boolean>
    expect(result).toMatchObject({ bench: 'snapshot', entries: 10_000, entriesWritten: 200, verified: true })
    expect(result.bytesWritten as number).toBeLessThan((result.firstBytes as number) / 10)
    expect((result.rowsSpilled as number) > 0).toBe(room !== '1')
    expect(result.mergeSegmentsAfter as number).toBeLessThan(result.mergeSegments as number)
    for (const name of ['seconds', 'longestStopMs', 'rssMb', 'mergeSeconds', 'mergeLongestStopMs'])
      expect(result[name]).toBeGreaterThan(0)
  },
  60_000,
)
