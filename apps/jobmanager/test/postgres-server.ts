import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

/**
 * A private PostgreSQL for tests: its own cluster in a temporary folder, on loopback and a free port, without fsync.
 * PostgreSQL refuses to run as root, so root runs it as the user `postgres`.
 */
export interface PostgresServer {
  readonly port: number
  readonly pid: number
  /** Creates an empty database of a new name and returns its URL. */
  createDatabase(): Promise<string>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

const START_MS_MAX = 30_000
const isRoot = process.getuid?.() === 0

/** Where Debian and others put PostgreSQL; the newest first. */
function findBinaries(): string | null {
  const home = '/usr/lib/postgresql'
  const versions = existsSync(home) ? readdirSync(home).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map(version => join(home, version, 'bin')), ...(process.env.PATH ?? '').split(':')]
  return folders.find(folder => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null
}

/** Why there can be no PostgreSQL here, or null when there can. */
export function postgresMissing(): string | null {
  if (findBinaries() === null) return 'PostgreSQL is not installed (Debian: apt-get install postgresql)'
  if (isRoot && !existsSync('/usr/bin/setpriv')) return 'setpriv is missing (Debian: apt-get install util-linux)'
  return null
}

/** For `describe.skipIf`: says loudly what is skipped and why. */
export function skipWithoutPostgres(what: string): boolean {
  const reason = postgresMissing()
  if (reason !== null) console.log(`SKIPPED: ${what} because ${reason}`)
  return reason !== null
}

/** The command with what makes it run as the user `postgres`, and end with this process, where we are root. */
function asPostgres(command: string, parameters: readonly string[]): readonly [string, readonly string[]] {
  if (!isRoot) return [command, parameters]
  const who = ['--reuid=postgres', '--regid=postgres', '--init-groups', '--pdeathsig=KILL']
  return ['/usr/bin/setpriv', [...who, '--', command, ...parameters]]
}

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export async function startPostgres(): Promise<PostgresServer> {
  const binaries = findBinaries()
  if (binaries === null) throw new Error('PostgreSQL is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'weir-postgres-'))
  if (isRoot) await promisify(execFile)('chown', ['postgres', folder])
  const data = join(folder, 'data')
  const initdb = ['-D', data, '-U', 'weir', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  await promisify(execFile)(...asPostgres(join(binaries, 'initdb'), initdb), { cwd: folder })
  const port = await freePort()
  const url = (database: string) => `postgresql://weir:secret-of-the-test@127.0.0.1:${port}/${database}`
  let databases = 0

  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    fsync: 'off',
    // Not UTC, so that a session which relies on the server's zone is found out.
    timezone: 'America/New_York',
  }
  const parameters = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command, all] = asPostgres(join(binaries, 'postgres'), ['-D', data, ...parameters])
  const child = spawn(command, all, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000)
  })
  const ended = once(child, 'exit')

  const query = async (sql: string) => {
    const client = new pg.Client({ connectionString: url('postgres'), connectionTimeoutMillis: 2_000 })
    try {
      await client.connect()
      await client.query(sql)
    } finally {
      await client.end()
    }
  }

  const answering = async () => {
    const deadline = performance.now() + START_MS_MAX
    for (;;) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended: ${said}`)
      try {
        await query('SELECT 1')
        return
      } catch (error) {
        if (performance.now() > deadline) throw new Error(`PostgreSQL does not answer: ${said}`, { cause: error })
        await sleep(50)
      }
    }
  }
  const stop = async () => {
    // Fast shutdown: it ends its sessions and writes everything.
    child.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await answering()
  } catch (error) {
    await stop()
    throw error
  }

  return {
    port,
    pid: child.pid as number,
    async createDatabase() {
      const name = `test_${++databases}`
      await query(`CREATE DATABASE ${name}`)
      return url(name)
    },
    stop,
  }
}
