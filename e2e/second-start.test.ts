import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { node, root, TestCluster, until } from './support/cluster.ts'

describe('a second start', () => {
  const home = mkdtempSync(join(tmpdir(), 'weir-home-'))
  const clusters: TestCluster[] = []
  let env: NodeJS.ProcessEnv | undefined

  afterAll(async () => {
    for (const cluster of clusters) await cluster.stop()
    rmSync(home, { recursive: true, force: true })
  })

  it('takes less than 10 s, and finds the jobs of the first', async () => {
    const first = await TestCluster.start({ home })
    clusters.push(first)
    env = first.env
    const { body } = await first.submit(
      'hello.ts',
      `import { StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('hello')
env.fromElements('a', 'b').map(text => text.toUpperCase()).print()
export default env`,
    )
    await first.reached(body.job_id, ['FINISHED'])
    await first.stop()
    const began = performance.now()
    const second = await TestCluster.start({ home })
    clusters.push(second)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(await second.status(body.job_id)).toMatchObject({ name: 'hello', status: 'FINISHED' })
    await second.stop()
  })

  it('by npm start is as quick when everything is built', { timeout: 60_000 }, async () => {
    expect(env, 'ports and home of the cluster before').toBeDefined()
    const began = performance.now()
    const child = spawn(node, [join(root, 'scripts/start.mjs')], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', text => {
      output += text
    })
    child.stderr.on('data', text => {
      output += text
    })
    try {
      await until(10_000, `npm start to be ready; it said: ${output}`, () => output.includes('Weir is running.'))
      expect(performance.now() - began).toBeLessThan(10_000)
    } finally {
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGINT')
      await ended
    }
  })
})
