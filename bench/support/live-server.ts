/** A JobManager over HTTP and gRPC for `live-streams.ts`, as a process of its own: says its ports to its parent. */
import { nodePlatform } from '@weir/process/platform-node'
import { startHttpServer } from '../../apps/jobmanager/src/api/http-server.ts'
import { jobManagerSources } from '../../apps/jobmanager/src/live/job-manager-sources.ts'
import { LiveHub } from '../../apps/jobmanager/src/live/live-hub.ts'
import { LiveViews } from '../../apps/jobmanager/src/views/live-views.ts'
import { ADMIN_TOKEN, ApiParts } from '../../apps/jobmanager/test/api-harness.ts'
import { TestDatabase, TestJobManager } from '../../apps/jobmanager/test/test-job-manager.ts'

const database = new TestDatabase()
await database.open()
const jobManager = new TestJobManager(database, 60_000)
await jobManager.start()
const { logs, logger, web, credentials } = new ApiParts()
const { clock, timers } = nodePlatform
const dispatcher = () => jobManager.dispatcher
const views = new LiveViews({ cluster: dispatcher, store: database.store.jobs, clock, timers, version: '0.1.0' })
views.start()
const live = new LiveHub({
  sources: jobManagerSources({ documents: views, dispatcher, logs, changes: jobManager.changes }),
  platform: nodePlatform,
  incarnation: 'bench',
  onFault: (topic, error) => process.stderr.write(`${topic}: ${error.message}\n`),
})
const { drafts, jobs, templates, starterTemplates } = web
const http = await startHttpServer({
  controlPlane: jobManager.dispatcher,
  credentials,
  settings: { host: '127.0.0.1', port: 0 },
  adminToken: ADMIN_TOKEN,
  logger,
  metrics: async () => '',
  logs,
  web: { drafts, jobs, templates, starterTemplates, live },
  version: '0.1.0',
})
process.send?.({ http: http.address, rpcPort: jobManager.rpc.port })
process.on('message', async () => {
  views.stop()
  await http.close()
  await jobManager.remove()
  await database.remove()
  process.exit()
})
