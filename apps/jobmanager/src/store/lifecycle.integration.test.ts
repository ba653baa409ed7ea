import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseKinds, lead, migrationsFolder, newJob, version } from '../../test/store-fixtures.ts'
import type { DatabaseOptions } from './database.ts'
import { DatabaseSupervisor } from './database-supervisor.ts'
import { DatabaseThread } from './database-thread.ts'
import { type OpenMetaStore, openMetaStore } from './open-meta-store.ts'

const openModule = join(import.meta.dirname, 'open-meta-store.ts')
const fixturesModule = join(import.meta.dirname, '../../test/store-fixtures.ts')

let scratch: string
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'weir-lifecycle-'))
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function using<T>(options: DatabaseOptions, work: (store: OpenMetaStore) => Promise<T>): Promise<T> {
  const store = await openMetaStore(options)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** A process of its own that opens the store, leads, and runs `body` with `store`, `epoch` and the fixtures. */
function storeProcess(options: DatabaseOptions, body: string) {
  return program(`
    import { openMetaStore } from ${JSON.stringify(openModule)}
    import { lead, newJob, version } from ${JSON.stringify(fixturesModule)}
    const store = await openMetaStore(${JSON.stringify(options)})
    const epoch = await lead(store)
    ${body}`)
}

/** Runs TypeScript in a process of its own, and collects the lines it prints. */
function program(source: string) {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() as string
    lines.push(...parts)
  })
  const exit = once(child, 'exit')
  return {
    pid: child.pid as number,
    lines,
    exit,
    /** Until so many lines have been printed. */
    async printed(count: number) {
      const deadline = performance.now() + 30_000
      while (lines.length < count) {
        if (child.exitCode !== null || performance.now() > deadline) throw new Error(`only said: ${lines.join(' | ')}`)
        await sleep(10)
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
  }
}

/** A copy of the migrations with one more, or with a change. */
function changedMigrations(change: (folder: string) => void): string {
  const folder = mkdtempSync(join(scratch, 'migrations-'))
  cpSync(migrationsFolder, folder, { recursive: true })
  change(folder)
  return folder
}

function addMigration(folder: string, name: string, sql: string): void {
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, name, 'migration.sql'), sql)
}

for (const kind of databaseKinds('the life of the metadata store')) {
  describe.skipIf(kind.skip)(`the metadata store over ${kind.name}`, () => {
    beforeAll(() => kind.setUp())
    afterAll(() => kind.tearDown())

    test('finds everything again after it was closed and opened', async () => {
      const options = await kind.options()
      const job = newJob()
      const written = await using(options, async store => {
        const epoch = await lead(store)
        await store.jobs.createJob(epoch, job, version)
        await store.cluster.putSetting(epoch, 'key', { a: [1] }, 1)
        // Not awaited: closing lets what was called finish.
        void store.jobs.updateJob(epoch, job.id, { status: 'RUNNING', startedAt: 2_000 })
        return store.jobs.getJob(job.id)
      })
      await using(options, async store => {
        expect(await lead(store)).toBe(2)
        expect(await store.jobs.getJob(job.id)).toEqual({ ...written, status: 'RUNNING', startedAt: 2_000 })
        expect(await store.cluster.getSetting('key')).toEqual({ a: [1] })
        expect((await store.jobs.getJobWithVersion(job.id))?.version.graph).toEqual(version.graph)
      })
    })

    test('has every acknowledged write after a kill -9, and an embedded one is not locked by the dead', async () => {
      const options = await kind.options()
      const body = `for (let i = 0; ; i++) {
        const job = newJob({ owner: 'writer' })
        await store.jobs.createJob(epoch, job, version)
        console.log(job.id)
      }`
      const writer = storeProcess(options, body)
      await writer.printed(20)
      await writer.kill()
      await using(options, async store => {
        const found = (await store.jobs.listJobs({ owner: 'writer', limit: 1_000 })).rows.map(job => job.id)
        expect(found.slice(-writer.lines.length).reverse()).toEqual(writer.lines)
        // One more may have been written and not said.
        expect(found.length - writer.lines.length).toBeLessThanOrEqual(1)
        await store.jobs.createJob(await lead(store), newJob(), version)
      })
    })

    test('writes take effect in the order of the calls, awaited or not', async () => {
      await using(await kind.options(), async store => {
        const epoch = await lead(store)
        const writes = Array.from({ length: 50 }, (_, i) => store.cluster.putSetting(epoch, 'last', i, 1))
        await Promise.all(writes)
        expect(await store.cluster.getSetting('last')).toBe(49)
      })
    })

    test('migrations are applied once, and a later one joins them', async () => {
      const options = await kind.options()
      await using(options, lead)
      const folder = changedMigrations(copy =>
        addMigration(copy, '29990101000000_more', 'CREATE TABLE more (a INT); INSERT INTO more VALUES (1);'),
      )
      const newer = { ...options, migrationsFolder: folder }
      await using(newer, lead)
      // The older version must not run on the newer schema.
      await expect(openMetaStore(options)).rejects.toThrow(
        /used by a newer version of Weir: it has the migration 29990101000000_more/,
      )
      // The table would be there already, were it applied again.
      expect(await using(newer, lead)).toBe(3)
    })

    test('a migration that was changed after it was applied is refused', async () => {
      const options = await kind.options()
      await using(options, lead)
      const folder = changedMigrations(copy =>
        writeFileSync(join(copy, '20261121140000_init', 'migration.sql'), '-- nothing'),
      )
      await expect(openMetaStore({ ...options, migrationsFolder: folder })).rejects.toMatchObject({
        code: 'DATABASE',
        message: expect.stringMatching(/20261121140000_init was applied to this database with another content/),
      })
    })

    test('a migration that fails leaves nothing behind, and can be tried again', async () => {
      const options = await kind.options()
      const name = '29990101000000_half'
      const failing = changedMigrations(copy => addMigration(copy, name, 'CREATE TABLE half (a INT); SELECT 1 / 0;'))
      await expect(openMetaStore({ ...options, migrationsFolder: failing })).rejects.toThrow('division by zero')
      const mended = changedMigrations(copy => addMigration(copy, name, 'CREATE TABLE half (a INT);'))
      await using({ ...options, migrationsFolder: mended }, lead)
    })

    test('the lease is held, renewed, taken over when it stands still, and the old leader can write nothing', async () => {
      await using(await kind.options(), async store => {
        const job = newJob()
        const ask = (holder: string) => store.leases.acquireLease({ holder, address: `${holder}:6123`, ttlMs: 300 })
        await expect(store.jobs.createJob(1, job, version)).rejects.toMatchObject({ code: 'FENCED' })
        expect(await ask('a')).toEqual({ acquired: true, epoch: 1 })
        await store.jobs.createJob(1, job, version)
        const refused = { acquired: false, holder: 'a', address: 'a:6123', epoch: 1 }
        // As long as it is renewed nobody takes over, for however long they ask.
        for (let i = 0; i < 8; i++) {
          expect(await ask('b')).toEqual(refused)
          await store.leases.renewLease('a', 1)
          await sleep(100)
        }
        // Now it stands still, and the asker takes it as soon as its own clock says so.
        expect(await ask('b')).toEqual(refused)
        await sleep(320)
        expect(await ask('b')).toEqual({ acquired: true, epoch: 2 })
        expect(await store.leases.readLease()).toMatchObject({ holder: 'b', address: 'b:6123', epoch: 2, ttlMs: 300 })

        await expect(store.leases.renewLease('a', 1)).rejects.toMatchObject({ code: 'FENCED' })
        const stale: Promise<unknown>[] = [
          store.jobs.createJob(1, newJob(), version),
          store.jobs.updateJob(1, job.id, { status: 'FAILED' }),
          store.jobs.deleteJob(1, job.id),
          store.jobs.startAttempt(1, job.id, 1, 1),
          store.cluster.putSetting(1, 'key', 1, 1),
          store.cluster.upsertTaskManager(1, { id: 'tm', host: 'h', incarnation: 'i', slots: 1, at: 1 }),
          store.auth.ensureUser(1, { id: 'u', name: 'u', displayName: 'u', createdAt: 1 }),
        ]
        for (const write of stale) await expect(write).rejects.toMatchObject({ code: 'FENCED' })
        await expect(stale[0]).rejects.toThrow('leader epoch 1 was refused: b leads with epoch 2')
        expect(await store.jobs.getJob(job.id)).toMatchObject({ status: 'CREATED', attempt: 0 })
        expect((await store.jobs.listJobs({})).rows).toHaveLength(1)
        expect(await store.cluster.listTaskManagers()).toEqual([])
        expect(await store.auth.getUser('u')).toBeNull()

        // An old holder cannot release what it no longer has; the real one can, and then nobody need wait.
        await store.leases.releaseLease('a', 1)
        await store.jobs.updateJob(2, job.id, { status: 'RUNNING' })
        await store.leases.releaseLease('b', 2)
        await expect(store.jobs.updateJob(2, job.id, {})).rejects.toThrow('the lease has been released')
        expect(await ask('c')).toEqual({ acquired: true, epoch: 3 })
        // The same holder again is a restart of it.
        expect(await ask('c')).toEqual({ acquired: true, epoch: 4 })
        await expect(store.jobs.updateJob(3, job.id, {})).rejects.toMatchObject({ code: 'FENCED' })
      })
    })

    test('after it is closed every call is refused, and closing again does nothing', async () => {
      const store = await openMetaStore(await kind.options())
      await store.close()
      await store.close()
      await expect(store.jobs.listJobs({})).rejects.toThrow('the metadata store is closed')
    })
  })
}

const [embedded, postgres] = databaseKinds('the loss of the database')
describe('the embedded database', () => {
  beforeAll(() => embedded!.setUp())
  afterAll(() => embedded!.tearDown())

  test('keeps a second process out of its folder, by name', async () => {
    const options = await embedded!.options()
    const first = storeProcess(options, `console.log('open'); setInterval(() => {}, 1000)`)
    await first.printed(1)
    await expect(openMetaStore(options)).rejects.toMatchObject({
      code: 'DATABASE',
      message: expect.stringContaining(`${options.dataFolder} is in use by process ${first.pid}`),
    })
    await first.kill()
    await using(options, async store => {
      await expect(openMetaStore(options)).rejects.toThrow(`in use by process ${process.pid}`)
      // The refused opening has not taken the lock of the first.
      await expect(openMetaStore(options)).rejects.toThrow(`in use by process ${process.pid}`)
      expect(await lead(store)).toBe(2)
    })
  })

  test('a folder that cannot be one is an error that names it, and leaves nothing running', async () => {
    writeFileSync(join(scratch, 'file'), '')
    const dataFolder = join(scratch, 'file', 'database')
    await expect(openMetaStore({ dataFolder, migrationsFolder })).rejects.toMatchObject({
      code: 'DATABASE',
      message: expect.stringContaining(`${dataFolder} cannot be locked: ENOTDIR`),
    })
    const options = await embedded!.options()
    const missing = { ...options, migrationsFolder: join(scratch, 'none') }
    await expect(openMetaStore(missing)).rejects.toThrow(`migrations is missing: ${missing.migrationsFolder}`)
    // The lock was given back.
    await using(options, lead)
  })

  test('after its thread has crashed the calls in flight fail and the next one finds what was written', async () => {
    const threads: DatabaseThread[] = []
    const supervisor = new DatabaseSupervisor(await embedded!.options(), async options => {
      const thread = await DatabaseThread.start(options)
      threads.push(thread)
      return thread
    })
    await supervisor.open()
    const ask = { holder: 'test', address: null, ttlMs: 60_000 }
    expect(await supervisor.call('leases', 'acquireLease', [ask])).toMatchObject({ epoch: 1 })
    await supervisor.call('cluster', 'putSetting', [1, 'key', 'before', 1])
    const flying = [1, 2, 3].map(i => supervisor.call('cluster', 'putSetting', [1, `${i}`, i, 1]))
    const outcomes = Promise.allSettled(flying)
    await threads[0]!.terminate()
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE' } })
    }
    expect(await supervisor.call('cluster', 'getSetting', ['key'])).toBe('before')
    expect(threads).toHaveLength(2)
    await supervisor.close()
    expect(threads.map(thread => thread.hasEnded)).toEqual([true, true])
  })
})

describe.skipIf(postgres!.skip)('a PostgreSQL that is not reachable', () => {
  beforeAll(() => postgres!.setUp())
  afterAll(() => postgres!.tearDown())

  test('is named with host and port and what to do, never with its password', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    await once(server, 'close')
    const databaseUrl = `postgresql://weir:hunter2@127.0.0.1:${port}/weir`
    const opened = openMetaStore({ databaseUrl, dataFolder: '', migrationsFolder })
    await expect(opened).rejects.toMatchObject({
      code: 'DATABASE',
      message: `metadata database, PostgreSQL at 127.0.0.1:${port}, database "weir": connect ECONNREFUSED 127.0.0.1:${port}. Start it, or correct DATABASE_URL; the JobManager connects again by itself.`,
    })
    const error = await opened.catch((thrown: Error) => thrown)
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('hunter2')
  })

  test('makes calls fail while it is away, and they work again when it is back', async () => {
    const options = await postgres!.options()
    // The database behind a door that can be shut: connections break, and new ones are refused.
    const target = new URL(options.databaseUrl as string)
    const behind = Number(target.port)
    const open = new Set<Socket>()
    const door = createServer(inside => {
      const outside = connect(behind, target.hostname)
      for (const socket of [inside, outside]) {
        open.add(socket)
        // A reset is what this test is about; 'close' follows and ends the other half.
        socket.on('error', () => socket.destroy())
      }
      inside.pipe(outside).pipe(inside)
      inside.on('close', () => outside.destroy())
      outside.on('close', () => inside.destroy())
    })
    const listen = async (port: number) => {
      door.listen(port, '127.0.0.1')
      await once(door, 'listening')
      return (door.address() as { port: number }).port
    }
    const shut = async () => {
      for (const socket of open) socket.destroy()
      open.clear()
      door.close()
      await once(door, 'close')
    }
    const port = await listen(0)
    target.port = String(port)
    await using({ ...options, databaseUrl: target.href }, async store => {
      const epoch = await lead(store)
      const job = newJob()
      await store.jobs.createJob(epoch, job, version)
      for (let round = 0; round < 2; round++) {
        const flying = Array.from({ length: 20 }, () => store.jobs.updateJob(epoch, job.id, { reason: 'x' }))
        const outcomes = Promise.allSettled(flying)
        await shut()
        await outcomes
        await expect(store.jobs.getJob(job.id)).rejects.toMatchObject({ code: 'DATABASE' })
        const write = store.jobs.updateJob(epoch, job.id, { status: 'FAILED' })
        await expect(write).rejects.toThrow(`PostgreSQL at 127.0.0.1:${port}`)
        await expect(store.leases.renewLease('test', epoch)).rejects.toMatchObject({ code: 'DATABASE' })
        await listen(port)
        await store.leases.renewLease('test', epoch)
        expect(await store.jobs.updateJob(epoch, job.id, { restarts: round })).toMatchObject({ restarts: round })
        expect(await store.jobs.getJob(job.id)).toMatchObject({ status: 'CREATED' })
      }
    })
    await shut()
  })

  test('of many who use a login link at once, over several JobManagers, exactly one gets in', async () => {
    const options = await postgres!.options()
    await using(options, one =>
      using(options, async other => {
        const epoch = await lead(one)
        for (let round = 0; round < 20; round++) {
          const link = { hash: `${round}`, userId: null, scopes: [], createdAt: 1, expiresAt: 9 }
          await one.auth.createLoginLink(epoch, link)
          const tries = [one, other, one, other].map(store => store.auth.consumeLoginLink(epoch, link.hash, 2))
          expect((await Promise.all(tries)).filter(found => found !== null)).toEqual([link])
        }
      }),
    )
  })

  test('several that start at once on an empty database apply the migrations once', async () => {
    const options = await postgres!.options()
    await Promise.all(Array.from({ length: 3 }, () => using(options, store => store.jobs.countJobs())))
  })

  test('a schema named in the URL is made and used', async () => {
    const options = await postgres!.options()
    const inSchema = { ...options, databaseUrl: `${options.databaseUrl}?schema=weir_meta` }
    const job = newJob()
    await using(inSchema, async store => {
      const epoch = await lead(store)
      await store.jobs.createJob(epoch, job, version)
      await store.jobs.recordException(epoch, {
        jobId: job.id,
        attempt: 1,
        code: 'INTERNAL',
        operator: null,
        subtask: null,
        message: 'x',
        stack: null,
        record: null,
        at: 1,
      })
      expect((await store.jobs.listExceptions(job.id)).rows).toHaveLength(1)
    })
    await using(options, async store => expect(await store.jobs.getJob(job.id)).toBeNull())
    await using(inSchema, async store => expect(await store.jobs.getJob(job.id)).not.toBeNull())
  })

  test('a leader that is frozen in the middle of a write does not keep others from taking over, and writes nothing', async () => {
    const options = await postgres!.options()
    const frozen = program(`
      import { openDatabase } from ${JSON.stringify(join(import.meta.dirname, 'database.ts'))}
      import { StoreSession } from ${JSON.stringify(join(import.meta.dirname, 'store-session.ts'))}
      import { PrismaClusterStore } from ${JSON.stringify(join(import.meta.dirname, 'prisma-cluster-store.ts'))}
      import { PrismaLeaseStore } from ${JSON.stringify(join(import.meta.dirname, 'prisma-lease-store.ts'))}
      const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
      const session = new StoreSession((await openDatabase(${JSON.stringify(options)})).prisma, { name: '', remedy: '' })
      await new PrismaLeaseStore(session, clock).acquireLease({ holder: 'frozen', address: null, ttlMs: 200 })
      await new PrismaClusterStore(session).putSetting(1, 'who', 'frozen, before', 1)
      const write = session.write(1, async db => {
        await db.clusterSetting.update({ where: { key: 'who' }, data: { value: 'frozen, within' } })
        console.log('within')
        process.kill(process.pid, 'SIGSTOP')
        await db.clusterSetting.update({ where: { key: 'who' }, data: { value: 'frozen, after' } })
      })
      console.log(await write.then(() => 'written', error => error.code))
      process.exit()`)
    try {
      await frozen.printed(1)
      await using(options, async store => {
        const deadline = performance.now() + 20_000
        const ask = () => store.leases.acquireLease({ holder: 'standby', address: null, ttlMs: 60_000 })
        let answer = await ask()
        while (!answer.acquired && performance.now() < deadline) {
          await sleep(50)
          answer = await ask()
        }
        expect(answer).toEqual({ acquired: true, epoch: 2 })
        expect(await store.cluster.getSetting('who')).toBe('frozen, before')
        await store.cluster.putSetting(2, 'who', 'standby', 1)
        process.kill(frozen.pid, 'SIGCONT')
        await frozen.printed(2)
        expect(frozen.lines).toEqual(['within', 'DATABASE'])
        expect(await store.cluster.getSetting('who')).toBe('standby')
      })
    } finally {
      await frozen.kill()
    }
  })
})
