import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Names the folder of an empty database to the test files; set before them, see database-template. */
export const DATABASE_TEMPLATE = 'E2E_DATABASE_TEMPLATE'

/**
 * A new folder as WEIR_HOME, with an empty database in it: a cluster starts there in half the time. In a folder without
 * one (`mkdtempSync`) it makes the database itself, as at somebody's first start.
 */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'weir-e2e-'))
  const template = process.env[DATABASE_TEMPLATE]
  if (template !== undefined) cpSync(template, join(home, 'database'), { recursive: true })
  return home
}
