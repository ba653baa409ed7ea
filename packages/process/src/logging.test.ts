import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readLogTail } from './log-reader.ts'
import { jobLogger, logFile, openLog, warnOfSettingsWithoutEffect } from './logging.ts'
import { RotatingFile } from './rotating-file.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weir-log-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const open = (options: { maxBytes?: number; maxFiles?: number } = {}) =>
  openLog({ home, logLevel: 'info' }, { process: 'tm-1', ...options })
const messages = (tail: { lines: readonly { msg: string }[] }) => tail.lines.map(line => line.msg)

test('a line is JSON with level, time, process and the fields of the job', () => {
  const log = open()
  jobLogger(log.logger, { job: 'job_1', operator: 'map', subtask: 2, attempt: 3 }).info('hello')
  log.logger.debug('too quiet')
  log.close()
  const lines = readFileSync(log.file, 'utf8').trimEnd().split('\n')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    process: 'tm-1',
    pid: process.pid,
    job: 'job_1',
    operator: 'map',
    subtask: 2,
    attempt: 3,
    msg: 'hello',
  })
})

test('secrets are not written, and nobody else may read the file', () => {
  const log = open()
  log.logger.info({ token: 'abc123', request: { authorization: 'Bearer abc123' } }, 'request')
  log.close()
  expect(readFileSync(log.file, 'utf8')).not.toContain('abc123')
  expect(statSync(log.file).mode & 0o077).toBe(0)
})

test('an error is in the file at once', () => {
  const log = open()
  log.logger.error(new Error('broken'))
  expect(readFileSync(log.file, 'utf8')).toContain('broken')
  log.close()
})

test('what is pending is written when the process exits', () => {
  const script = `
    import { openLog } from '${join(import.meta.dirname, 'logging.ts')}'
    openLog({ home: '${home}', logLevel: 'info' }, { process: 'short' }).logger.info('last words')
    process.exit(3)`
  expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' })).toThrow()
  expect(messages(readLogTail({ file: logFile({ home }, 'short'), limit: 10 }))).toEqual(['last words'])
})

test('settings without effect are warned about', () => {
  const log = open()
  warnOfSettingsWithoutEffect(log.logger, { withoutEffect: [{ variable: 'WEB_PORT', reason: 'no web app' }] })
  log.close()
  expect(messages(readLogTail({ file: log.file, limit: 1 }))).toEqual(['WEB_PORT is set but has no effect: no web app'])
})

test('files are rotated by size, the oldest go, and no line is cut or lost among those that are kept', () => {
  const log = open({ maxBytes: 1000, maxFiles: 3 })
  for (let i = 0; i < 60; i++) {
    log.logger.info(`line ${i}`)
    log.flush()
  }
  log.close()
  expect(readdirSync(join(home, 'logs')).sort()).toEqual(['tm-1.1.log', 'tm-1.2.log', 'tm-1.log'])
  for (const file of readdirSync(join(home, 'logs'))) {
    expect(statSync(join(home, 'logs', file)).size).toBeLessThanOrEqual(1000)
  }
  const kept = messages(readLogTail({ file: log.file, limit: 1000 }))
  expect(kept.length).toBeGreaterThan(10)
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => `line ${60 - kept.length + i}`))
})

test('a reopened file is appended to', () => {
  for (const text of ['one', 'two']) {
    const log = open()
    log.logger.info(text)
    log.close()
  }
  expect(messages(readLogTail({ file: logFile({ home }, 'tm-1'), limit: 10 }))).toEqual(['one', 'two'])
})

test('the reader filters by job, operator and subtask and gives the newest lines, oldest first', () => {
  const log = open()
  for (let i = 0; i < 6; i++) {
    jobLogger(log.logger, { job: `job_${i % 2}`, operator: i < 3 ? 'a' : 'b', subtask: i }).info(`line ${i}`)
  }
  log.logger.info('about job_1, but not of it')
  log.close()
  const read = (query: object) => messages(readLogTail({ file: log.file, limit: 10, ...query }))
  expect(read({ jobId: 'job_1' })).toEqual(['line 1', 'line 3', 'line 5'])
  expect(read({ jobId: 'job_1', limit: 2 })).toEqual(['line 3', 'line 5'])
  expect(read({ jobId: 'job_1', operator: 'b' })).toEqual(['line 3', 'line 5'])
  expect(read({ jobId: 'job_1', operator: 'b', subtask: 5 })).toEqual(['line 5'])
})

test('following with the cursor gives every line once, in order, across rotations', () => {
  const log = open({ maxBytes: 700, maxFiles: 20 })
  const followed: string[] = []
  let cursor = readLogTail({ file: log.file, limit: 10 }).cursor
  for (let i = 0; i < 50; i++) {
    log.logger.info(`line ${i}`)
    log.flush()
    // Now and then, so that several rotations lie between two calls; a limit smaller than what has gathered.
    if (i % 9 === 8 || i === 49) {
      for (let more = true; more; ) {
        const tail = readLogTail({ file: log.file, limit: 4, after: cursor })
        followed.push(...messages(tail))
        more = tail.lines.length === 4
        cursor = tail.cursor
      }
    }
  }
  log.close()
  expect(followed).toEqual(Array.from({ length: 50 }, (_, i) => `line ${i}`))
})

test('a half written line waits for the next call', () => {
  const file = join(home, 'half.log')
  const target = new RotatingFile({ file })
  target.write('{"msg":"one"}\n{"msg":"tw')
  target.flush()
  const first = readLogTail({ file, limit: 10 })
  expect(messages(first)).toEqual(['one'])
  target.write('o"}\n')
  target.close()
  expect(messages(readLogTail({ file, limit: 10, after: first.cursor }))).toEqual(['two'])
})

test('a log that does not exist yet is empty, and can be followed', () => {
  const file = logFile({ home }, 'tm-1')
  const before = readLogTail({ file, limit: 10 })
  expect(before.lines).toEqual([])
  const log = open()
  log.logger.info('first')
  log.close()
  expect(messages(readLogTail({ file, limit: 10, after: before.cursor }))).toEqual(['first'])
})
