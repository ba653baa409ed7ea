import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cli } from './cli-harness.ts'

let cli: Cli
beforeAll(() => {
  cli = new Cli()
  writeFileSync(join(cli.folder, 'job.py'), 'x')
  writeFileSync(join(cli.folder, 'empty.ts'), '')
  writeFileSync(join(cli.folder, 'binary.ts'), Buffer.from([0xff, 0xfe, 0, 1]))
  mkdirSync(join(cli.folder, 'folder.ts'))
})
afterAll(() => cli.close())

const COMMANDS = [
  'init',
  'run',
  'dev',
  'validate',
  'deploy',
  'list',
  'status',
  'logs',
  'rows',
  'cancel',
  'login',
  'token',
]

describe('the command line', () => {
  it('lists the commands that there are, and each explains itself', async () => {
    const { code, stdout } = await cli.run(['--help'])
    expect(code).toBe(0)
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) .*\[options\]/gm)].map(match => match[1])
    expect(listed).toEqual(COMMANDS)
    expect(stdout).toContain('Exit codes: 0 good')
    for (const command of COMMANDS) {
      const help = await cli.run([command, '--help'])
      expect([command, help.code]).toEqual([command, 0])
      expect(help.stdout, command).toContain('--json')
    }
  })

  it('prints its version', async () => {
    expect(await cli.run(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' })
  })

  it.each([
    [[], 'Usage: weir'],
    [['lst'], "unknown command 'lst'"],
    [['list', '--all'], "unknown option '--all'"],
    [['status'], "missing required argument 'id'"],
    [['list', 'extra'], 'too many arguments'],
    [['run', 'job.ts', '--parallelism', '0'], 'whole number from 1 to 32768'],
    [['run', 'job.ts', '--parallelism', '-1'], 'whole number from 1 to 32768'],
    [['deploy', 'job.ts', '--parallelism', '1000000'], 'whole number from 1 to 32768'],
    [['validate', 'job.ts', '--parallelism', 'x'], 'whole number from 1 to 32768'],
    [['logs', 'job_1', '--lines', '0'], 'whole number from 1 to 2000'],
  ])('says what is wrong with "weir %s" and exits with 2', async (arguments_, message) => {
    const { code, stdout, stderr } = await cli.run(arguments_)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it('names a setting that is wrong and exits with 2', async () => {
    const { code, stderr } = await cli.run(['list'], { WEIR_ULR: 'http://localhost:1' })
    expect([code, stderr]).toEqual([2, 'error: WEIR_ULR is unknown: did you mean WEIR_URL?\n'])
  })

  it.each(['run', 'dev', 'validate', 'deploy'])(
    'says what is wrong with the file that "weir %s" is given',
    async command => {
      const missing = await cli.run([command, 'missing.ts'])
      expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('missing.ts does not exist') })
      const folder = await cli.run([command, 'folder.ts'])
      expect(folder).toMatchObject({ code: 2, stderr: expect.stringContaining('folder.ts is a folder') })
      const python = await cli.run([command, 'job.py'])
      expect(python).toMatchObject({ code: 1, stderr: expect.stringContaining('a job is a .ts, .js or .json file') })
      const binary = await cli.run([command, 'binary.ts'])
      expect(binary).toMatchObject({ code: 1, stderr: expect.stringContaining('not a text file in UTF-8') })
    },
  )

  it('shows a stack with WEIR_DEBUG alone', async () => {
    expect((await cli.run(['list'])).stderr).not.toMatch(/\n\s+at /)
    expect((await cli.run(['list'], { WEIR_DEBUG: '1' })).stderr).toMatch(/\n\s+at /)
  })
})
