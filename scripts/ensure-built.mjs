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
/** Touched when the programs were last built, and when the web app was. */
const programsStamp = join(stateFolder, 'weir-built')
const webStamp = join(stateFolder, 'weir-built-web')
const webFolder = join(root, 'apps', 'web')

/**
 * Installs and builds as needed. Shows a step only for what there is to do. The web app is built only for those who
 * show it (`web`), since that takes several times as long as all the rest: what would make it in vain is looked for by
 * `beforeWeb`, which throws then. It is called when there is something to build, and the programs are there.
 */
export async function ensureBuilt(steps, { web = false, beforeWeb = () => undefined } = {}) {
  const isBuilt = () => isProgramsBuildCurrent() && (!web || isWebBuildCurrent())
  if (isInstallCurrent() && isBuilt() && isExampleDataThere()) return
  await exclusively(async () => {
    await ensureInstalled(steps)
    if (!isProgramsBuildCurrent()) await steps.run('Building the programs', note => buildPrograms(note))
    if (web && !isWebBuildCurrent()) {
      await beforeWeb()
      await steps.run('Building the web app', () => buildWeb())
    }
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

async function buildPrograms(note) {
  note('generating the database client')
  await generateCode()
  note('bundling')
  await turbo(['build', '--filter=!@weir/web'], programsStamp)
}

/** The pages and their server, and beside them what the code editor knows of the SDK. */
function buildWeb() {
  return turbo(['build', 'typings', '--filter=@weir/web'], webStamp)
}

/** Runs tasks of turbo; what has not changed comes from its cache. */
async function turbo(args, stamp) {
  // What is changed while the build runs is newer than the stamp, and built next time.
  const startedAt = new Date()
  await runCommand(join(root, 'node_modules/.bin/turbo'), ['run', ...args, '--output-logs=errors-only'], {
    cwd: root,
    env: toolEnv(),
    advice: 'The errors stand below; "git status" shows which sources differ from the last commit.',
  })
  mkdirSync(stateFolder, { recursive: true })
  writeFileSync(stamp, '')
  utimesSync(stamp, startedAt, startedAt)
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

function isProgramsBuildCurrent() {
  if (!existsSync(programsStamp)) return false
  const builtMs = statSync(programsStamp).mtimeMs
  return appFolders().every(app => existsSync(join(app, 'dist', 'main.js'))) && newestProgramMs() <= builtMs
}

function isWebBuildCurrent() {
  if (!existsSync(webStamp)) return false
  const builtMs = statSync(webStamp).mtimeMs
  // The last file that each part of the build writes.
  const made = ['.next/BUILD_ID', 'dist/main.js', 'public/generated/weir-sdk.json'].map(name => join(webFolder, name))
  return made.every(file => existsSync(file)) && newestWebMs() <= builtMs
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

const BUILD_FILES = ['package-lock.json', 'turbo.json', 'tsconfig.json', 'scripts/build-app.mjs', 'scripts/steps.mjs']

/** The latest change of anything that the build of the programs reads. */
function newestProgramMs() {
  const manifests = ['apps', 'packages'].flatMap(group => membersOf(group).map(folder => join(folder, 'package.json')))
  const folders = [join(root, 'prisma'), ...membersOf('packages').map(folder => join(folder, 'src'))]
  for (const app of membersOf('apps')) if (app !== webFolder) folders.push(join(app, 'src'), join(app, 'scripts'))
  return newestMs([...BUILD_FILES.map(name => join(root, name)), ...manifests, ...folders])
}

/**
 * The same for the web app. Turbo knows better which packages it is made of: a change of another one costs half a second
 * here, not a build.
 */
function newestWebMs() {
  const own = readdirSync(webFolder, { withFileTypes: true })
    .filter(entry => !MADE.includes(entry.name) && isSource(entry))
    .map(entry => join(webFolder, entry.name))
  const packages = membersOf('packages').map(folder => join(folder, 'src'))
  return newestMs([...[...BUILD_FILES, 'scripts/build-web.mjs'].map(name => join(root, name)), ...own, ...packages])
}

/** The folders with a package.json in `apps` or `packages`. */
function membersOf(group) {
  return readdirSync(join(root, group))
    .map(name => join(root, group, name))
    .filter(folder => existsSync(join(folder, 'package.json')))
}

/** What builds and tools make: no source, though it stands among them. */
const MADE = ['node_modules', 'dist', 'generated', '.turbo', '.next', 'next-env.d.ts']

const isSource = entry => entry.isDirectory() || !/\.test\.tsx?$/.test(entry.name)

/** The latest change of files and of all within folders. A folder's own time tells of files that were taken away. */
function newestMs(paths) {
  let newest = 0
  const visit = (path, isFolder) => {
    newest = Math.max(newest, statSync(path).mtimeMs)
    if (!isFolder) return
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (!MADE.includes(entry.name) && isSource(entry)) visit(join(path, entry.name), entry.isDirectory())
    }
  }
  for (const path of paths) if (existsSync(path)) visit(path, statSync(path).isDirectory())
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
