import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import type { JobDoc } from '@weir/proto/web/job-doc'
import { type LiveMessage, topicKey } from '@weir/proto/web/live'
import { changesBetween } from '@weir/proto/web/live-delta'
import type { Me, WebContext } from '../../apps/jobmanager/src/api/trpc/procedure.ts'
import { webRouter } from '../../apps/jobmanager/src/api/trpc/router.ts'
import type { WebServices } from '../../apps/jobmanager/src/api/trpc/services.ts'
import { PERMISSIONS, type Principal } from '../../apps/jobmanager/src/auth/permissions.ts'
import type { ControlPlane } from '../../apps/jobmanager/src/dispatcher/control-plane.ts'
import { type SyntheticSize, syntheticDoc, syntheticPipeline } from './synthetic-job.ts'

export interface FakeJobManager {
  readonly port: number
  readonly jobId: string
  close(): Promise<void>
}

const JOB_ID = 'job_synthetic'

/**
 * The JobManager's router with one job that does not run, whose document changes throughout once a second: what a
 * browser has to bear, without a cluster of hundreds of threads beside it that would take its cores.
 */
export async function startFakeJobManager(size: SyntheticSize): Promise<FakeJobManager> {
  const startedAt = Date.now()
  const pipeline = syntheticPipeline(JOB_ID, size)
  const docAt = (tick: number): JobDoc => syntheticDoc(pipeline, tick, startedAt)
  const services: WebServices = {
    drafts: absent('drafts'),
    templates: async () => [],
    starterTemplates: async () => [],
    jobs: {
      pipeline: async () => pipeline,
      exceptions: async () => [],
      history: async () => [],
      metrics: async () => ({ from: startedAt, stepMs: 1_000, values: {} }),
      config: absentCall('jobs.config'),
      runAgain: absentCall('jobs.runAgain'),
    },
    live: {
      async *watch(topics, _lastEventId, _principal, signal) {
        const job = topics.find(topic => topic.kind === 'job')
        let tick = Math.round((Date.now() - startedAt) / 1_000)
        let before: JobDoc | null = null
        while (!signal.aborted) {
          const id = String(tick)
          const message = (value: LiveMessage) => ({ id, message: value })
          yield message({ type: 'tick', at: Date.now() })
          if (job !== undefined) {
            const doc = docAt(tick)
            const topic = topicKey(job)
            yield message(
              before === null
                ? { type: 'snapshot', topic, doc }
                : { type: 'delta', topic, changes: changesBetween(before, doc) },
            )
            before = doc
          }
          tick += 1
          await wait(Math.max(0, startedAt + tick * 1_000 - Date.now()), undefined, { signal }).catch(error => {
            if (!signal.aborted) throw error
          })
        }
      },
      close: () => undefined,
    },
  }
  const principal: Principal = { name: 'bench', role: 'admin', seeRecords: true, via: 'session' }
  const context: WebContext = {
    principal,
    me: () => me,
    audit: async () => undefined,
    stillLoggedIn: async () => undefined,
  }
  const server = createHTTPServer({
    router: webRouter(services, absent<ControlPlane>('the control plane')),
    basePath: '/trpc/',
    createContext: () => context,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const me: Me = {
    name: principal.name,
    role: principal.role,
    permissions: PERMISSIONS,
    cluster: { version: 'bench', webPort: null, jobManagerPort: port },
  }
  return {
    port,
    jobId: JOB_ID,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** A service that the measured page does not ask: whoever asks it all the same is told which it was. */
function absent<T extends object>(name: string): T {
  return new Proxy({} as T, { get: (_, part) => absentCall(`${name}: ${String(part)}`) })
}

function absentCall(name: string): () => Promise<never> {
  return async () => {
    throw new Error(`the fake JobManager has no ${name}`)
  }
}
