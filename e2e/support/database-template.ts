import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMetaStore } from '../../apps/jobmanager/src/store/open-meta-store.ts'
import { DATABASE_TEMPLATE } from './new-home.ts'

/**
 * Before the end-to-end tests: the empty database that a JobManager makes in an empty home. Making one costs more than
 * all the rest of a cluster's start, and the tests start dozens.
 */
export default async function makeDatabaseTemplate(): Promise<(() => void) | undefined> {
  // Each project of the configuration asks for it, and one is enough.
  if (process.env[DATABASE_TEMPLATE] !== undefined) return undefined
  const dataFolder = mkdtempSync(join(tmpdir(), 'weir-database-template-'))
  const migrationsFolder = join(import.meta.dirname, '../../prisma/migrations')
  const store = await openMetaStore({ dataFolder, migrationsFolder })
  await store.close()
  process.env[DATABASE_TEMPLATE] = dataFolder
  return () => rmSync(dataFolder, { recursive: true, force: true })
}
