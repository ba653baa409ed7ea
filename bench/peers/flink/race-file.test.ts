import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { smallInput } from './check.ts'
import { writeEvents } from './race-file.ts'
import { RACE_QUERIES } from './race-settings.ts'

/** Of vectors.json: the first 100 000 events with seed 7 at rate 2000. */
const SHA256 = '508c2c04715d992ee1926e13c447fcfaa626e39c4a452126defe31fabbe09d5a'

test('the file that both sides read holds the bytes of the specification', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
  try {
    const path = join(folder, 'events.ndjson')
    await writeEvents(path, { events: 100_000, rate: 2000, seed: 7, text: 'full' })
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(SHA256)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each(['full', 'pooled'] as const)('there are digests of every query to check, with %s text', text => {
  const { digests } = smallInput(text)
  expect(Object.keys(digests).sort()).toEqual([...RACE_QUERIES].sort())
})
