// Generates the Prisma client from prisma/schema.prisma into apps/jobmanager/src/generated/prisma (git-ignored).
// Run from anywhere: `node apps/jobmanager/scripts/generate-prisma.mjs`. Quick when nothing has changed: the hash of the
// schema and the generator's version stands beside the generated code. Works without a network.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const app = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const schemaPath = resolve(app, '../../prisma/schema.prisma')
const generated = join(app, 'src', 'generated')
const target = join(generated, 'prisma')
const stamp = 'generated-from.txt'

const require = createRequire(import.meta.url)
const prismaPackagePath = require.resolve('prisma/package.json')
const prismaPackage = JSON.parse(readFileSync(prismaPackagePath, 'utf8'))

/** What the generated code depends on. */
function wantedStamp(schema) {
  return `${createHash('sha256').update(schema).digest('hex')} prisma@${prismaPackage.version}\n`
}

function isCurrent(wanted) {
  const path = join(target, stamp)
  return existsSync(path) && readFileSync(path, 'utf8') === wanted
}

/**
 * Generates into a folder of its own beside the target and moves it into place, so that a build, a type check and tests
 * that run at the same time never see half of it.
 */
async function generate(schema, wanted) {
  mkdirSync(generated, { recursive: true })
  const work = mkdtempSync(join(generated, '.prisma-'))
  try {
    const output = join(work, 'prisma')
    const replaced = schema.replace(/^(\s*output\s*=\s*)".*"$/m, (_, start) => start + JSON.stringify(output))
    if (replaced === schema) throw new Error(`${schemaPath} has no output line in its generator block`)
    const copy = join(work, basename(schemaPath))
    writeFileSync(copy, replaced)
    const environment = {
      ...process.env,
      // The command line looks for the schema engine, and would download it, though generating never runs it.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    }
    const command = join(dirname(prismaPackagePath), prismaPackage.bin.prisma)
    await promisify(execFile)(process.execPath, [command, 'generate', '--schema', copy, '--no-hints'], {
      cwd: work,
      env: environment,
    })
    // The schema stands in the generated code as text: a copy's own output path must not get into it.
    const classPath = join(output, 'internal', 'class.ts')
    const asText = value => JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1)
    writeFileSync(classPath, readFileSync(classPath, 'utf8').replaceAll(asText(output), '../prisma'))
    writeFileSync(join(output, stamp), wanted)
    if (existsSync(target)) renameSync(target, join(work, 'old'))
    try {
      renameSync(output, target)
    } catch (error) {
      // Somebody else generated the same at the same time and was first.
      if (!isCurrent(wanted)) throw error
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const schema = readFileSync(schemaPath, 'utf8')
const wanted = wantedStamp(schema)
if (!isCurrent(wanted)) {
  try {
    await generate(schema, wanted)
  } catch (error) {
    const said = [error.stdout, error.stderr].filter(Boolean).join('\n').trim()
    console.error(`error: prisma generate failed: ${said || error.message}`)
    process.exit(1)
  }
}
