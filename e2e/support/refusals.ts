import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'vitest'
import { node, root } from './cluster.ts'

/** What a newcomer has to be told, each part in these words. */
export type Says = readonly (string | RegExp)[]

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly problems: readonly { operator: string | null; line: number | null; column: number | null; message: string }[]
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: Problem
}

/** A job file as the form in which it is submitted. */
export function form(
  fileName: string,
  source: string | Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  data.set('job_file', new Blob([source]), fileName)
  return data
}

/** Refused as problem+json whose status and body agree, with everything in the detail. */
export function expectProblem(answer: Answer, status: number, says: Says): void {
  const { body, contentType } = answer
  expect({ status: answer.status, detail: body.detail, contentType }).toMatchObject({
    status,
    contentType: expect.stringMatching(/^application\/problem\+json/),
  })
  expect(body.status).toBe(status)
  expect(body.title).not.toBe('')
  expectSays(body.detail, says)
}

export function expectSays(text: string, says: Says): void {
  for (const part of says) expect(text).toMatch(typeof part === 'string' ? literal(part) : part)
}

/** The text itself as a pattern, for a failure that shows both. */
const literal = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))

export interface CliOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly uid?: number
  readonly gid?: number
}

export interface CliEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line of the build. */
export function runCli(arguments_: readonly string[], options: CliOptions): Promise<CliEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [join(root, 'apps/cli/dist/main.js'), ...arguments_], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', text => {
      stdout += text
    })
    child.stderr.on('data', text => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}

/** Refused with this exit code, nothing on stdout, everything of the message on stderr, and no stack. */
export function expectRefusal(end: CliEnd, code: number, says: Says): void {
  expect({ code: end.code, stdout: end.stdout, stderr: end.stderr }).toMatchObject({ code, stdout: '' })
  expectSays(end.stderr, says)
  expect(end.stderr).not.toMatch(/\n\s+at /)
}
