import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { javaCommand } from './flink-build.ts'
import { FlinkProcess } from './flink-process.ts'
import { SETTINGS } from './testing.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Something that is called as `java` is. */
function program(script: string): string {
  const path = join(folder, 'bin/java')
  mkdirSync(join(folder, 'bin'))
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

describe('who starts a race is told', () => {
  test('that there is no Java, and what to install', () => {
    expect(() => javaCommand({ PATH: folder })).toThrow(/needs Java 17 or later.*openjdk-17-jdk-headless maven/)
  })

  test('that JAVA_HOME leads nowhere', () => {
    expect(() => javaCommand({ PATH: folder, JAVA_HOME: folder })).toThrow(`JAVA_HOME is ${folder}`)
  })

  test('that Java is too old', () => {
    program(`echo 'openjdk version "11.0.2" 2019-01-15' >&2`)
    expect(() => javaCommand({ ...process.env, JAVA_HOME: folder })).toThrow('is Java 11')
  })
})

describe('the process of Flink', () => {
  const VERSIONS = `echo '{"flink":"2.2.0","java":"17.0.15"}'`
  const request = { ...SETTINGS, sink: 'blackhole' } as const

  test('answers one run after the other', async () => {
    const answer = `{"seconds":1,"cpuSeconds":2,"rows":3,"digest":null}`
    const flink = await FlinkProcess.start(program(`${VERSIONS}\nwhile read line; do echo '${answer}'; done`))
    try {
      expect(flink.versions).toEqual({ flink: '2.2.0', java: '17.0.15' })
      for (let i = 0; i < 2; i++) expect(await flink.run(request, 5_000)).toMatchObject({ cpuSeconds: 2, rows: 3 })
    } finally {
      await flink.stop()
    }
  })

  test('has a time limit for a run, and is ended with what it started', async () => {
    const flink = await FlinkProcess.start(program(`${VERSIONS}\nexec sleep 600`))
    await expect(flink.run(request, 50)).rejects.toThrow('q5 on Flink took longer than 0.05 s')
    await flink.stop()
    expect(() => process.kill(flink.pids()[0] as number, 0)).toThrow('ESRCH')
  })

  test('tells what went wrong in a run, and what it said when it ended', async () => {
    const flink = await FlinkProcess.start(
      program(`${VERSIONS}\nread line\necho '{"error":"no such query"}'\nread line\necho 'out of memory' >&2\nexit 3`),
    )
    await expect(flink.run(request, 5_000)).rejects.toThrow(/q5 failed on Flink:\nno such query/)
    await expect(flink.run(request, 5_000)).rejects.toThrow(/ended \(exit code 3\):\nout of memory/)
    await flink.stop()
  })
})
