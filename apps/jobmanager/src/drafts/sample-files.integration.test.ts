import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  cleanSampleName,
  SAMPLE_BYTES_MAX,
  SAMPLES_PER_DRAFT_MAX,
  SampleFiles,
  SampleTooLarge,
} from './sample-files.ts'

const DRAFT = 'draft_0a1b2c3d'
let folder: string
let uploads: string
let samples: SampleFiles

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-samples-'))
  uploads = join(folder, 'home/uploads')
  samples = new SampleFiles({ uploads, workdir: folder })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const text = (content: string): Uint8Array => Buffer.from(content)

/** Zeros, a mebibyte at a time. */
async function* zeros(bytes: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(1024 * 1024)
  for (let left = bytes; left > 0; left -= chunk.length) yield chunk.subarray(0, Math.min(left, chunk.length))
}

describe('the sample files of a draft', () => {
  it('are kept under their names, with the path for the code and their first lines', async () => {
    const put = await samples.put(DRAFT, 'in.csv', text('a,b\n1,2\n'))
    expect(put).toEqual({
      name: 'in.csv',
      sizeBytes: 8,
      uploadedAt: expect.any(Number),
      path: `home/uploads/${DRAFT}/in.csv`,
      head: 'a,b\n1,2\n',
    })
    expect(readFileSync(join(folder, put.path), 'utf8')).toBe('a,b\n1,2\n')
    await samples.put(DRAFT, 'a.txt', text(''))
    expect((await samples.list(DRAFT)).map(({ name }) => name)).toEqual(['a.txt', 'in.csv'])
    expect(await samples.list('draft_00000000')).toEqual([])
  })

  it('have their full path where the work folder does not hold WEIR_HOME', async () => {
    const elsewhere = new SampleFiles({ uploads, workdir: join(folder, 'work') })
    expect((await elsewhere.put(DRAFT, 'in.csv', text('x'))).path).toBe(join(uploads, DRAFT, 'in.csv'))
  })

  it('replace one of the same name', async () => {
    await samples.put(DRAFT, 'in.csv', text('old and longer'))
    await samples.put(DRAFT, 'in.csv', text('new'))
    expect(await samples.list(DRAFT)).toMatchObject([{ name: 'in.csv', head: 'new', sizeBytes: 3 }])
  })

  it('show 2,000 characters of a long file, cut at a whole one', async () => {
    const put = await samples.put(DRAFT, 'long.txt', text('🌊'.repeat(5_000)))
    expect(put.head).toBe('🌊'.repeat(1_000))
    expect((await samples.put(DRAFT, 'odd.txt', text(`x${'🌊'.repeat(5_000)}`))).head).toHaveLength(2_000)
  })

  it('may have the limit and not a byte more; then the one that was there stays', async () => {
    const put = await samples.put(DRAFT, 'big.bin', zeros(SAMPLE_BYTES_MAX))
    expect(put.sizeBytes).toBe(SAMPLE_BYTES_MAX)
    await expect(samples.put(DRAFT, 'big.bin', zeros(SAMPLE_BYTES_MAX + 1))).rejects.toBeInstanceOf(SampleTooLarge)
    expect(await samples.list(DRAFT)).toMatchObject([{ name: 'big.bin', sizeBytes: SAMPLE_BYTES_MAX }])
    expect(readdirSync(join(uploads, DRAFT))).toEqual(['big.bin'])
  })

  it('leave nothing when an upload breaks, and what a killed process left is removed', async () => {
    await samples.put(DRAFT, 'in.csv', text('old'))
    const broken = async function* () {
      yield text('half')
      throw new Error('the connection broke')
    }
    await expect(samples.put(DRAFT, 'in.csv', broken())).rejects.toThrow('the connection broke')
    expect(await samples.list(DRAFT)).toMatchObject([{ head: 'old' }])
    writeFileSync(join(uploads, DRAFT, '.dead.part'), 'half')
    expect(await samples.list(DRAFT)).toHaveLength(1)
    await samples.put(DRAFT, 'more.csv', text('x'))
    expect(readdirSync(join(uploads, DRAFT)).sort()).toEqual(['in.csv', 'more.csv'])
  })

  it('are ten at most, also of uploads that come at once', async () => {
    const names = Array.from({ length: SAMPLES_PER_DRAFT_MAX + 1 }, (_, index) => `${index}.txt`)
    const results = await Promise.allSettled(names.map(name => samples.put(DRAFT, name, text(name))))
    const refused = results.filter(result => result.status === 'rejected')
    expect(refused).toMatchObject([{ reason: { code: 'CONFLICT' } }])
    expect(await samples.list(DRAFT)).toHaveLength(SAMPLES_PER_DRAFT_MAX)
    // Replacing one is no further one.
    await samples.put(DRAFT, '0.txt', text('again'))
  })

  it('are removed one by one and with the draft', async () => {
    await samples.put(DRAFT, 'in.csv', text('x'))
    await samples.put(DRAFT, 'more.csv', text('x'))
    await samples.remove(DRAFT, 'in.csv')
    expect((await samples.list(DRAFT)).map(({ name }) => name)).toEqual(['more.csv'])
    for (const name of ['in.csv', '../x', '.', '']) {
      await expect(samples.remove(DRAFT, name)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
    await samples.removeAll(DRAFT)
    expect(existsSync(join(uploads, DRAFT))).toBe(false)
  })

  it('never lie outside of their folder, whatever draft or name is asked for', async () => {
    mkdirSync(join(folder, 'home/credentials'), { recursive: true })
    for (const draftId of ['..', '../credentials', 'draft_0a1b2c3d/..', 'draft_0A1B2C3D', '']) {
      expect(() => samples.put(draftId, 'x', text('x'))).toThrow(/there is no draft/)
    }
    const put = await samples.put(DRAFT, '../../../credentials/admin-token', text('mine'))
    expect(put.name).toBe('admin-token')
    expect(readdirSync(join(folder, 'home/credentials'))).toEqual([])
  })
})

describe('the name of a sample file', () => {
  it.each([
    ['in.csv', 'in.csv'],
    ['C:\\data\\Größe 2.csv', 'Größe 2.csv'],
    ['a/b/c.ndjson', 'c.ndjson'],
    [`it's "a" [pattern]*?.csv`, `it_s _a_ _pattern___.csv`],
    ['\u202etxt.\u0000\nexe', 'txt.exe'],
    ['..hidden', 'hidden'],
    ['u\u0308.csv', 'ü.csv'],
    [`${'x'.repeat(150)}.csv`, `${'x'.repeat(96)}.csv`],
  ])('%j becomes %j', (name, clean) => {
    expect(cleanSampleName(name)).toBe(clean)
  })

  it('has a length that file systems take', () => {
    const clean = cleanSampleName(`${'🌊'.repeat(100)}.csv`)
    expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(200)
    expect(clean).toMatch(/^🌊+\.csv$/u)
  })

  it.each(['', '..', '/', 'a/', '\u0000', ' . '])('%j is refused', name => {
    expect(() => cleanSampleName(name)).toThrow(/is no name for a file/)
  })
})
