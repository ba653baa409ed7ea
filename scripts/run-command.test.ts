import { expect, test } from 'vitest'
import { CommandError, runCommand } from './run-command.mjs'

const node = (code: string, options = {}) => runCommand(process.execPath, ['-e', code], options)

test('what a command writes is kept, line by line too', async () => {
  const lines: string[] = []
  const { output } = await node('console.log("one\\ntwo"); process.stdout.write("three")', {
    onLine: (line: string) => lines.push(line),
  })
  expect(output).toBe('one\ntwo\nthree')
  expect(lines).toEqual(['one', 'two', 'three'])
})

test('a failure shows the end of the output and what to do', async () => {
  const code = 'for (let i = 0; i < 100; i++) console.log("line " + i); process.exit(3)'
  const error: CommandError = await node(code, { advice: 'Try this.' }).catch(e => e)
  expect(error).toBeInstanceOf(CommandError)
  expect(error.message).toMatch(/ended with exit code 3\. Try this\.\n\nline 60\n[\s\S]*line 99$/)
  const first: CommandError = await node(code, { show: 'start' }).catch(e => e)
  expect(first.message).toMatch(/\n\nline 0\n[\s\S]*line 39$/)
})

test('a command that does not exist is named', async () => {
  await expect(runCommand('no-such-command', [])).rejects.toThrow('no-such-command was not found on PATH')
})

test('a command that takes too long is killed with what it started', async () => {
  const startedMs = performance.now()
  // The grandchild holds the pipe open: killing the child alone would not end the wait.
  const code = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => 0, 20000)'], { stdio: 'inherit' })`
  await expect(node(code, { timeoutMs: 400, allowFailure: true })).rejects.toThrow('took longer than 0.4 s')
  expect(performance.now() - startedMs).toBeLessThan(4000)
})

test('a failure that is allowed is given back as its exit code', async () => {
  expect(await node('process.exit(4)', { allowFailure: true })).toMatchObject({ code: 4 })
})
