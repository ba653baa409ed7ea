// Brings a clone into a state in which its programs can run: installs and builds what is missing or out of date, and
// takes a few milliseconds when nothing is. Shared by start, weir, test and bench; runs under the system's Node.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isInstalled, npmEnv, pinnedNode, root, toolEnv } from './project.mjs'
import { CommandError, runCommand } from './run-command.mjs'

const lockFile = join(root, 'package-lock.json')
const installStamp = join(root, 'node_modules', '.weir-install')
const stateFolder = join(root, '.turbo')
const buildStamp = join(stateFolder, 'weir-built')

/** Installs and builds as needed. Shows a step only for what there is to do. */
export async function ensureBuilt(steps) {
  if (isInstallCurrent() && isBuildCurrent() && isExampleDataThere()) return
  await exclusively(async () => {
    await ensureInstalled(steps)
    if (!isBuildCurrent()) await steps.run('Building', note => build(note))
    if (!isExampleDataThere()) await steps.run('Preparing the input of the examples', () => prepareExampleData())
  })
}

/** Installs the dependencies where node_modules is missing or differs from the lockfile. */
export async function ensureInstalled(steps) {
  if (isInstallCurrent()) return
  await steps.run('Installing dependencies', async note => {
    note('npm ci, once')
    await runCommand('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      env: npmEnv(),
      show: 'start',
      advice: 'Check that npm reaches its registry (npm ping), then run this command again.',
    })
    if (!isInstalled()) {
      throw new CommandError(
        'The package "node", which brings the Node that Weir runs under, has installed nothing: npm must be allowed to run ' +
          'install scripts (npm config get ignore-scripts must say false).',
        '',
      )
    }
    writeFileSync(installStamp, wantedInstallStamp())
  })
}

/** Makes the code that others are compiled with: the database client. Quick when it is there. */
export async function generateCode() {
  await runCommand(pinnedNode, [join(root, 'apps/jobmanager/scripts/generate-prisma.mjs')], {
    cwd: root,
    env: toolEnv(),
  })
}

/** A book and a week of earthquakes, from npm packages that are installed already. */
async function prepareExampleData() {
  await runCommand(pinnedNode, [join(root, 'examples/prepare-data.mjs')], { cwd: root, env: toolEnv() })
}

function isExampleDataThere() {
  return existsSync(join(root, 'data', '.prepared.json'))
}

async function build(note) {
  note('generating the database client')
  await generateCode()
  note('bundling the apps')
  // What is changed while the build runs is newer than the stamp, and built next time.
  const startedAt = new Date()
  await runCommand(join(root, 'node_modules/.bin/turbo'), ['run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    env: toolEnv(),
    advice: 'The errors stand below; "git status" shows which sources differ from the last commit.',
  })
  mkdirSync(stateFolder, { recursive: true })
  writeFileSync(buildStamp, '')
  utimesSync(buildStamp, startedAt, startedAt)
}

function wantedInstallStamp() {
  return createHash('sha256').update(readFileSync(lockFile)).update(`${process.platform}-${process.arch}`).digest('hex')
}

function isInstallCurrent() {
  if (!isInstalled()) return false
  const wanted = wantedInstallStamp()
  if (existsSync(installStamp) && readFileSync(installStamp, 'utf8') === wanted) return true
  if (!matchesLockFile()) return false
  writeFileSync(installStamp, wanted)
  return true
}

/** Whether what npm says to have installed is what the lockfile asks for: true after somebody's own `npm install`. */
function matchesLockFile() {
  const hidden = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(hidden)) return false
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.optional || entry.devOptional || entry.peer) return true
    // A package of this repository.
    if (entry.link) return existsSync(join(root, path))
    return installed[path]?.version === entry.version
  })
}

function isBuildCurrent() {
  if (!existsSync(buildStamp)) return false
  const builtMs = statSync(buildStamp).mtimeMs
  return appFolders().every(app => existsSync(join(app, 'dist', 'main.js'))) && newestSourceMs() <= builtMs
}

/** The apps that build-app.mjs bundles; one without a main.ts is left to the build, which says so. */
function appFolders() {
  return readdirSync(join(root, 'apps'))
    .map(name => join(root, 'apps', name))
    .filter(folder => {
      const manifest = join(folder, 'package.json')
      return (
        existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).scripts?.build?.includes('build-app.mjs')
      )
    })
}

/** The latest change of anything that a build reads. A folder's own time tells of files that were taken away. */
function newestSourceMs() {
  const files = ['package-lock.json', 'turbo.json', 'scripts/build-app.mjs', 'scripts/steps.mjs'].map(name =>
    join(root, name),
  )
  let newest = Math.max(...files.map(file => statSync(file).mtimeMs))
  const visit = folder => {
    newest = Math.max(newest, statSync(folder).mtimeMs)
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!['node_modules', 'dist', 'generated', '.turbo', '.next'].includes(entry.name)) visit(path)
      } else if (!entry.name.endsWith('.test.ts')) newest = Math.max(newest, statSync(path).mtimeMs)
    }
  }
  for (const group of ['apps', 'packages']) {
    for (const name of readdirSync(join(root, group))) {
      const folder = join(root, group, name)
      if (!existsSync(join(folder, 'package.json'))) continue
      newest = Math.max(newest, statSync(join(folder, 'package.json')).mtimeMs)
      for (const part of ['src', 'scripts']) if (existsSync(join(folder, part))) visit(join(folder, part))
    }
  }
  if (existsSync(join(root, 'prisma'))) visit(join(root, 'prisma'))
  return newest
}

const LOCK_POLL_MS = 200

/** Two commands in one clone must not install or build at the same time: the second waits for the first. */
async function exclusively(work) {
  const lock = join(stateFolder, 'weir-build.lock')
  const owner = join(lock, 'pid')
  mkdirSync(stateFolder, { recursive: true })
  for (let waiting = false; ; ) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isAbandoned(lock, owner)) {
      rmSync(lock, { recursive: true, force: true })
      continue
    }
    if (!waiting) process.stderr.write('another command is installing or building in this clone: waiting for it\n')
    waiting = true
    await new Promise(resolve => setTimeout(resolve, LOCK_POLL_MS))
  }
  const release = () => rmSync(lock, { recursive: true, force: true })
  process.on('exit', release)
  try {
    writeFileSync(owner, String(process.pid))
    await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/** The lock of a process that was killed. One without a process id yet is a moment old. */
function isAbandoned(lock, owner) {
  try {
    const pid = Number(readFileSync(owner, 'utf8'))
    process.kill(pid, 0)
    return false
  } catch (error) {
    if (error.code === 'ESRCH') return true
    if (error.code !== 'ENOENT') return false
    return existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 2000
  }
}
