import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BadInputFolder, badInputFolder } from './support/bad-input-folder.ts'
import { badJobs } from './support/bad-jobs/all.ts'
import type { BadJob } from './support/bad-jobs/bad-job.ts'
import { cleanEnv } from './support/cluster.ts'
import { expectRefusal, expectSays, type Problem, runCli, type Says } from './support/refusals.ts'

const TOKEN = 'the token of a cluster'

let folder: BadInputFolder

const token = (): string => join(folder.home, 'credentials/admin-token')

beforeAll(() => {
  folder = badInputFolder()
  // As a cluster leaves its home. None runs: weir does all of this by itself.
  mkdirSync(join(folder.home, 'credentials'))
  writeFileSync(token(), TOKEN, { mode: 0o600 })
  const { uid, gid } = folder.user
  if (uid === undefined || gid === undefined) return
  for (const path of [join(folder.home, 'credentials'), token()]) chownSync(path, uid, gid)
})
afterAll(() => folder?.remove())

const weir = (...arguments_: string[]) =>
  runCli(arguments_, {
    cwd: join(folder.workdir, 'jobs'),
    env: {
      ...cleanEnv(),
      WEIR_HOME: folder.home,
      WEIR_WORKDIR: folder.workdir,
      WEIR_FILE_ROOTS: folder.root,
      // Nobody listens there.
      WEIR_URL: 'http://127.0.0.1:9',
      NO_COLOR: '1',
    },
    ...folder.user,
  })

const SOUND = `import { StreamExecutionEnvironment, fileSource, fileSink } from '@weir/sdk'
const env = new StreamExecutionEnvironment('sound')
env.addSource(fileSource({ path: 'in/a.txt', format: 'lines' })).addSink(fileSink({ path: 'out', format: 'lines' }))
export default env`

describe('a job that a cluster refuses is refused by weir', () => {
  const local = badJobs.filter(bad => bad.clusterOnly !== true)
  const saysOf = (bad: BadJob): Says => bad.locallySays ?? bad.says

  it.each(local)('validate and run: $title', async bad => {
    writeFileSync(join(folder.workdir, 'jobs', bad.file), bad.source)
    const [validated, run] = await Promise.all([weir('validate', bad.file), weir('run', bad.file, '--json')])
    expectRefusal(validated, 1, saysOf(bad))
    expectRefusal(run, 1, [])
    const { error } = JSON.parse(run.stderr) as { error: Omit<Problem, 'title'> }
    expect(error.code).toBe(bad.code)
    expectSays(error.detail, saysOf(bad))
    if (bad.line !== undefined) expect(error.problems[0]?.line).toBe(bad.line)
    if (bad.operator !== undefined) expect(error.problems[0]?.operator).toMatch(bad.operator)
  })

  it.each(['0', '-1', '1000000'])('with --parallelism %s', async parallelism => {
    writeFileSync(join(folder.workdir, 'jobs/sound.ts'), SOUND)
    for (const command of ['validate', 'run']) {
      const end = await weir(command, 'sound.ts', '--parallelism', parallelism)
      expectRefusal(end, 2, ['--parallelism', 'whole number from 1 to 32768'])
    }
  })

  it('when the file is missing, or a folder', async () => {
    for (const command of ['validate', 'run']) {
      expectRefusal(await weir(command, 'of-nowhere.ts'), 2, [
        'of-nowhere.ts does not exist',
        'name a .ts, .js or .json file',
      ])
      expectRefusal(await weir(command, '.'), 2, ['. is a folder', 'name the job file'])
    }
  })
})

it('after all of this the credentials are what they were', () => {
  expect(readdirSync(join(folder.home, 'credentials'))).toEqual(['admin-token'])
  expect(readFileSync(token(), 'utf8')).toBe(TOKEN)
})
