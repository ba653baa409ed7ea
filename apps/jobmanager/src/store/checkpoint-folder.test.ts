import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCheckpointFolder } from './checkpoint-folder.ts'

describe('openCheckpointFolder', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'weir-checkpoints-'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  it('makes the folder for its owner alone, and finds it again', () => {
    const folder = openCheckpointFolder(home)
    expect(folder).toBe(join(home, 'checkpoints'))
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    writeFileSync(join(folder, 'kept'), '')
    expect(openCheckpointFolder(home)).toBe(folder)
    expect(statSync(join(folder, 'kept')).size).toBe(0)
  })

  it('names the folder and what to do where it cannot be', () => {
    writeFileSync(join(home, 'checkpoints'), 'a file in its place')
    expect(() => openCheckpointFolder(home)).toThrow(
      /the checkpoint folder .*checkpoints cannot be made or written: .*set WEIR_HOME/,
    )
  })
})
