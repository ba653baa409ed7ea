import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../../../scripts/run-command.mjs'
import type { Steps } from '../../../scripts/steps.mjs'

const JAVA_MIN = 17
const INSTALL = 'On Debian and Ubuntu: apt-get install openjdk-17-jdk-headless maven'
const folder = import.meta.dirname
const target = join(folder, 'target')
/** As new as the sources of the last build that went well. */
const stamp = join(target, 'built')

/** Class path of the programs, once they are built. */
export const CLASS_PATH = `${join(target, 'classes')}:${join(target, 'lib')}/*`

/** The `java` to run; an error that says what to install where there is none, or one that is too old. */
export function javaCommand(env: NodeJS.ProcessEnv = process.env): string {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin/java') : 'java'
  const { error, stdout, stderr } = spawnSync(java, ['-version'], { encoding: 'utf8', env })
  const where = env.JAVA_HOME ? `JAVA_HOME is ${env.JAVA_HOME}` : 'there is no java on PATH'
  if (error !== undefined) {
    throw new Error(`Apache Flink needs Java ${JAVA_MIN} or later, and ${where}. ${INSTALL}`)
  }
  const version = /version "(\d+)/.exec(`${stdout}${stderr}`)?.[1]
  if (version === undefined || Number(version) < JAVA_MIN) {
    const found = version === undefined ? 'does not tell its version' : `is Java ${version}`
    throw new Error(`Apache Flink needs Java ${JAVA_MIN} or later, and ${java} ${found}. ${INSTALL}`)
  }
  return java
}

/**
 * Compiles the programs where their sources have changed. The first time, Maven fetches Flink, with the settings that it
 * has on this machine (`~/.m2/settings.xml`).
 */
export async function buildFlink(steps: Steps, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const sources = newestMs([join(folder, 'pom.xml'), join(folder, 'src')])
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= sources) return
  if (spawnSync('mvn', ['-version'], { env }).error !== undefined) {
    throw new Error(`The Flink programs are built with Maven, and there is no mvn on PATH. ${INSTALL}`)
  }
  const isFirst = !existsSync(stamp)
  await steps.run('Building the Flink programs', async note => {
    if (isFirst) note('Maven fetches Apache Flink, about 100 MB, once')
    rmSync(join(target, 'classes'), { recursive: true, force: true })
    await runCommand('mvn', ['-q', '-B', '-Dstyle.color=never', 'process-classes'], {
      cwd: folder,
      env,
      advice:
        'Maven must reach a repository that has Apache Flink (see ~/.m2/settings.xml), and needs a JDK, not a JRE.',
    })
    writeFileSync(stamp, '')
  })
}

function newestMs(paths: readonly string[]): number {
  return Math.max(
    ...paths.map(path => {
      const { mtimeMs } = statSync(path)
      if (!statSync(path).isDirectory()) return mtimeMs
      return Math.max(mtimeMs, newestMs(readdirSync(path).map(name => join(path, name))))
    }),
  )
}
