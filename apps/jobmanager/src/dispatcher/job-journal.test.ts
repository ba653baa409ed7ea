import { WeirError } from '@weir/engine/base/errors'
import { nodeTimers } from '@weir/process/platform-node'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { JobJournal } from './job-journal.ts'

const logger = pino({ enabled: false })
const away = new WeirError('DATABASE', 'away')

function journal(onFenced: (error: WeirError) => void = () => undefined): JobJournal {
  return new JobJournal({ timers: nodeTimers, logger, onFenced })
}

describe('JobJournal', () => {
  it('writes in order, one at a time, and tells when an entry is durable', async () => {
    const written: string[] = []
    const subject = journal()
    for (const name of ['a', 'b', 'c']) {
      const write = async () => {
        await Promise.resolve()
        written.push(name)
      }
      subject.append('note', name, write, () => written.push(`${name} done`))
    }
    await subject.flushed(1000)
    expect(written).toEqual(['a', 'a done', 'b', 'b done', 'c', 'c done'])
  })

  it('tries a write again until the database is back, and keeps the order', async () => {
    const written: string[] = []
    let failures = 2
    const subject = journal()
    subject.append('must', 'a', async () => {
      if (failures-- > 0) throw away
      written.push('a')
    })
    subject.append('must', 'b', async () => written.push('b'))
    await subject.flushed(5000)
    expect(written).toEqual(['a', 'b'])
  })

  it('writes only the latest of records that wait behind each other', async () => {
    const written: number[] = []
    const subject = journal()
    for (let i = 0; i < 5; i++) subject.append('record', 'record', async () => written.push(i))
    await subject.flushed(1000)
    expect(written).toEqual([0, 4])
  })

  it('drops notes, but nothing else, when too many wait', async () => {
    let release: () => void = () => undefined
    const gate = new Promise<void>(resolve => {
      release = resolve
    })
    const written: string[] = []
    const subject = journal()
    subject.append('must', 'first', () => gate)
    for (let i = 0; i < 1500; i++) subject.append('note', 'note', async () => written.push('note'))
    for (let i = 0; i < 5; i++) subject.append('must', 'must', async () => written.push('must'))
    release()
    await subject.flushed(5000)
    expect(written.filter(kind => kind === 'must')).toHaveLength(5)
    expect(written.length).toBeLessThanOrEqual(1000)
  })

  it('stops when another JobManager leads', async () => {
    const fenced: string[] = []
    const subject = journal(error => fenced.push(error.code))
    subject.append('must', 'a', async () => {
      throw new WeirError('FENCED', 'older epoch')
    })
    subject.append('must', 'b', async () => fenced.push('written'))
    await subject.flushed(1000)
    expect(fenced).toEqual(['FENCED'])
  })

  it('passes over an entry that the database refuses for good', async () => {
    const written: string[] = []
    const subject = journal()
    subject.append('must', 'a', async () => {
      throw new WeirError('NOT_FOUND', 'deleted')
    })
    subject.append('must', 'b', async () => written.push('b'))
    await subject.flushed(1000)
    expect(written).toEqual(['b'])
  })
})
