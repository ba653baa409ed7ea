import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
const started: number[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-parent-'))
})
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A zombie waits for its reaper: it has ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function endedWithin(pid: number, limitMs: number): Promise<boolean> {
  for (const untilMs = Date.now() + limitMs; Date.now() < untilMs; ) {
    if (!isAlive(pid)) return true
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return false
}

/** A parent that starts one child with an IPC channel and tells its process id. */
async function parentAndChild(childCode: string): Promise<{ parent: ChildProcess; childPid: number }> {
  const child = join(folder, 'child.mjs')
  writeFileSync(
    child,
    `import { endWithParent } from '${join(import.meta.dirname, 'end-with-parent.ts')}'
     import { onShutdown, shutDownOnSignals } from '${join(import.meta.dirname, 'shutdown.ts')}'
     import { appendFileSync } from 'node:fs'
     const note = text => appendFileSync('${join(folder, 'notes')}', text + '\\n')
     shutDownOnSignals()
     endWithParent()
     ${childCode}
     process.send('up')`,
  )
  const parentScript = join(folder, 'parent.mjs')
  writeFileSync(
    parentScript,
    `import { fork } from 'node:child_process'
     const child = fork('${child}')
     child.on('message', () => console.log(child.pid))
     process.on('SIGTERM', () => child.kill('SIGTERM'))
     child.on('exit', code => { console.log('code', code); process.exit() })`,
  )
  const parent = spawn(process.execPath, [parentScript], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(parent.stdout!, 'data')
  const childPid = Number(String(line))
  started.push(parent.pid!, childPid)
  return { parent, childPid }
}

const notes = () => readFileSync(join(folder, 'notes'), 'utf8')

test('a child whose parent is killed with -9 shuts down and has ended within 5 s', async () => {
  const { parent, childPid } = await parentAndChild(
    `setInterval(() => note('.'), 1000)
     onShutdown(reason => note('second ' + reason))
     onShutdown(reason => note('first ' + reason))`,
  )
  parent.kill('SIGKILL')
  expect(await endedWithin(childPid, 5000)).toBe(true)
  expect(notes()).toContain('first orphaned\nsecond orphaned\n')
})

test('it ends within 5 s even while its main thread is blocked', async () => {
  const { parent, childPid } = await parentAndChild(`setTimeout(() => { for (;;); }, 300)`)
  await new Promise(resolve => setTimeout(resolve, 600))
  parent.kill('SIGKILL')
  expect(await endedWithin(childPid, 5000)).toBe(true)
})

test('a step of the shutdown that hangs or throws does not keep the others from running', async () => {
  const { parent, childPid } = await parentAndChild(
    `setInterval(() => note('.'), 1000)
     onShutdown(reason => note('ran ' + reason))
     onShutdown(() => new Promise(() => setInterval(() => 0, 1000)), 300)
     onShutdown(() => { throw new Error('on purpose') })`,
  )
  parent.kill('SIGTERM')
  expect(await endedWithin(childPid, 3000)).toBe(true)
  expect(notes()).toContain('ran SIGTERM')
})

test('a shutdown whose steps take too long together is cut off', async () => {
  const { parent, childPid } = await parentAndChild(
    `for (let i = 0; i < 5; i++) onShutdown(() => new Promise(() => setInterval(() => 0, 1000)), 2000)
     setInterval(() => 0, 1000)`,
  )
  parent.kill('SIGTERM')
  expect(await endedWithin(childPid, 4500)).toBe(true)
})
