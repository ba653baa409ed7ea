// The checklist behind docs/features.md. One row is [id, item, status, ...proofs]:
//   status   'there' | 'partly: <what is there and proven>' | 'not yet'
//   proofs   paths of the tests from the root of the repository; none where the status is 'not yet'
// After a change: node_modules/.bin/node docs/generate.mjs. It refuses a claim without a test that exists.

const OPERATOR_CASES = 'packages/engine/src/operators/cases.test.ts'
const WINDOW_EXAMPLES = 'packages/sdk/test/window-examples.integration.test.ts'
const STREAM_EXAMPLES = 'packages/sdk/test/stream-examples.integration.test.ts'
const ENGINE = 'packages/engine/src'
const TWO_INPUT_CASES = `${ENGINE}/task/two-input-cases.test.ts`
const WINDOWS = 'packages/engine/src/operators/window.test.ts'
const STATE_ON_DISK = 'packages/state-host/src/larger-than-memory.integration.test.ts'
const STATE_HOST = 'packages/state-host/src/state-host.integration.test.ts'
const MEMORY_BUDGET = 'apps/taskmanager/src/slots/memory-budget.test.ts'
const STATES = 'packages/engine/src/state/states.test.ts'
const JOB_MASTER = 'packages/control/src/job/job-master.test.ts'
const JOB_PROPERTIES = 'packages/control/src/job/job-master.property.test.ts'
const EXECUTION_GRAPH = 'packages/engine/src/graph/execution-graph.test.ts'
const RESOURCES = 'packages/control/src/resources/resource-manager.test.ts'
const PLACEMENT = 'packages/control/src/scheduling/placement.test.ts'
const BODIES = 'apps/jobmanager/src/api/rest/bodies.test.ts'
const BAD_REQUESTS = 'apps/jobmanager/src/api/rest/bad-requests.test.ts'
const STORE = 'apps/jobmanager/src/store/meta-store.integration.test.ts'
const STORE_LIFE = 'apps/jobmanager/src/store/lifecycle.integration.test.ts'
const SETTINGS = 'packages/process/src/settings.test.ts'
const SETTINGS_USED = 'test/settings-used.test.ts'
const PREPARE = 'packages/submission/src/prepare-job.test.ts'
const JSON_JOB = 'packages/submission/src/json-job.test.ts'
const EVALUATE = 'packages/submission/src/evaluate-bundle.test.ts'
const SUPERVISOR = 'apps/cluster/src/supervisor.integration.test.ts'
const METRICS_SERVER = 'packages/process/src/metrics-server.integration.test.ts'
const TASK_METRICS = 'apps/taskmanager/src/reporting/task-metrics.test.ts'
const NETWORK = 'packages/engine/src/network'
const DISPATCHER = 'apps/jobmanager/test/dispatcher.integration.test.ts'
const RECOVERY = 'apps/jobmanager/test/recovery.integration.test.ts'
const COMPILE = 'packages/engine/src/api/compile.test.ts'
const EXAMPLES = 'packages/sdk/test/examples.integration.test.ts'
const MAIN_JOB = 'e2e/main-job.test.ts'
const EXAMPLES_E2E = 'e2e/examples.test.ts'
const FAULTS = 'e2e/faults.test.ts'
const FLOW_CONTROL = 'e2e/flow-control.test.ts'
const USER_CODE = 'e2e/user-code.test.ts'
const WEB = 'e2e/web/web-app.test.ts'

export const FEATURES = [
  {
    letter: 'A',
    title: 'Programming model',
    rows: [
      [
        'A1',
        '★ `StreamExecutionEnvironment(name)`: parallelism, checkpointing interval, job graph',
        'partly: the checkpointing interval is stored and has no effect yet',
        COMPILE,
        EVALUATE,
      ],
      [
        'A2',
        '★ Fluent stream API: addSource, map, filter, flatMap, keyBy, window, reduce, aggregate, addSink',
        'there',
        COMPILE,
        EXAMPLES,
        'packages/sdk/src/docs-examples.test.ts',
      ],
      ['A3', '★ Logical JobGraph → physical ExecutionGraph of parallel subtasks', 'there', EXECUTION_GRAPH],
      [
        'A4',
        'A job is a file: TypeScript module or bundle, or a JSON graph. Never a deserialised code object',
        'there',
        PREPARE,
        JSON_JOB,
        EVALUATE,
      ],
      [
        'A5',
        '`fromElements`, `print`, `execute(name)`',
        'there',
        COMPILE,
        'packages/engine/src/api/misuse.test.ts',
        'packages/connectors/src/visible-sinks.test.ts',
        EVALUATE,
      ],
      [
        'A6',
        'Execution environments: fitting, local, remote; a managed way (an artefact and a command, nothing else)',
        'partly: a file and `./weir deploy`',
        'apps/cli/test/deploy.integration.test.ts',
        EXAMPLES_E2E,
      ],
      ['A7', 'Record at a time, not micro-batch; bounded and unbounded streams', 'there', OPERATOR_CASES, EXAMPLES],
      ['A8', 'Complex event processing: patterns over a keyed stream (sequence, within, times, not)', 'not yet'],
      ['A9', 'SQL over the same operators', 'not yet'],
    ],
  },
  {
    letter: 'B',
    title: 'Operators',
    rows: [
      [
        'B1',
        '★ map, filter, flatMap, keyBy',
        'there',
        OPERATOR_CASES,
        'packages/engine/src/operators/flat-map.test.ts',
      ],
      [
        'B2',
        '★ reduce; built-in sum, count, avg, min, max; custom aggregate',
        'there',
        OPERATOR_CASES,
        'packages/engine/src/operators/running.test.ts',
      ],
      [
        'B3',
        '★ Keyed process function with state and timers',
        'there',
        'packages/engine/src/operators/keyed-process.test.ts',
        OPERATOR_CASES,
      ],
      [
        'B4',
        '★ Time-bounded two-stream join (interval and window join), connect, union',
        'there',
        TWO_INPUT_CASES,
        `${ENGINE}/operators/interval-join.test.ts`,
        `${ENGINE}/operators/connected.test.ts`,
      ],
      ['B5', '★ Kafka source (topic, bootstrapServers, groupId, watermarkStrategy), Kafka sink', 'not yet'],
      [
        'B6',
        'Sources and sinks beyond Kafka: files, databases, HTTP',
        'partly: files',
        'packages/connectors/src/file/file-source.test.ts',
        'packages/connectors/src/file/file-sink.test.ts',
      ],
    ],
  },
  {
    letter: 'C',
    title: 'Time',
    rows: [
      ['C1', '★ Event time and processing time', 'there', WINDOWS, 'packages/engine/src/time/timer-service.test.ts'],
      [
        'C2',
        '★ Tumbling, sliding, session windows',
        'there',
        WINDOWS,
        'packages/engine/src/operators/window-session.test.ts',
        'packages/engine/src/operators/window-triggered.test.ts',
        'packages/engine/src/operators/window-flink.test.ts',
        'packages/engine/src/window/assigner.test.ts',
        'packages/engine/src/window/slicer.test.ts',
      ],
      [
        'C3',
        '★ Watermark = max event timestamp − bound − 1; defaults 5 s and 200 ms; per split at the source; propagated; fires windows',
        'there',
        'packages/engine/src/time/watermark-strategy.test.ts',
        'packages/engine/src/operators/split-watermarks.test.ts',
        'packages/engine/src/time/watermark-merger.test.ts',
        WINDOWS,
      ],
      [
        'C4',
        '★ `WatermarkStrategies.boundedOutOfOrderness(ms)`, monotonous, custom, idleness, alignment',
        'there',
        'packages/engine/src/time/watermark-strategy.test.ts',
        'packages/engine/src/time/idleness.test.ts',
        'packages/engine/src/operators/source-alignment.test.ts',
        'packages/control/src/job/watermark-alignment.test.ts',
        'packages/local-runner/src/watermark-alignment.test.ts',
        'e2e/flow-topologies.test.ts',
      ],
      [
        'C5',
        'Late records: dropped by default, counted, shown; allowed lateness; late side output',
        'there',
        WINDOWS,
        OPERATOR_CASES,
      ],
    ],
  },
  {
    letter: 'D',
    title: 'State',
    rows: [
      [
        'D1',
        '★ Keyed state on RocksDB: embedded, off-heap, disk-backed, larger than memory',
        'there',
        STATE_ON_DISK,
        STATE_HOST,
      ],
      ['D2', '★ ValueState, ListState, MapState, ReducingState, AggregatingState', 'there', STATES],
      [
        'D3',
        'Configurable memory and cache, persistent volumes; state of terabytes over many TaskManagers',
        'partly: memory and cache by settings, state five times its room in one slot',
        MEMORY_BUDGET,
        'packages/state-host/src/larger-than-memory.integration.test.ts',
      ],
      ['D4', 'State TTL', 'there', STATES],
      [
        'D5',
        '★ Window contents, Kafka offsets, timers are state',
        'partly: windows, timers and positions of splits are in the snapshot of their operator',
        OPERATOR_CASES,
        'packages/engine/src/time/timer-service.test.ts',
        'packages/engine/src/operators/source-operator.test.ts',
      ],
    ],
  },
  {
    letter: 'E',
    title: 'Checkpoints and exactly-once',
    rows: [
      ['E1', '★ Chandy-Lamport snapshots, periodic, coordinated by the JobManager', 'not yet'],
      ['E2', '★ Barriers with an id injected at sources, forwarded, aligned over all inputs', 'not yet'],
      ['E3', '★ State uploaded to S3 (and GCS through its S3-compatible endpoint), or a local directory', 'not yet'],
      [
        'E4',
        "★ Task acknowledgement with the state's location; metadata committed atomically in PostgreSQL",
        'not yet',
      ],
      ['E5', '★ Kafka offsets in the checkpoint, committed to Kafka only after completion', 'not yet'],
      [
        'E6',
        '★ Transactional two-phase-commit sink: pre-commit at the barrier, commit after global completion',
        'partly: at the end of a bounded job; the commit is recorded first, happens once, and is repeated after a crash',
        JOB_MASTER,
        JOB_PROPERTIES,
        RECOVERY,
        'packages/connectors/src/file/file-sink.test.ts',
      ],
      ['E7', '★ Unaligned checkpoints', 'not yet'],
      ['E8', 'Checkpoint timeout gives `CheckpointExpired`, the next one succeeds', 'not yet'],
      ['E9', '★ Savepoints: trigger, list, restore, dispose, stop with savepoint', 'not yet'],
      [
        'E10',
        '★ Incremental checkpoints',
        'partly: snapshots of keyed state write what has changed, come back at any parallelism, and are merged beside the task; no checkpoint takes them yet',
        'packages/engine/src/state/state-snapshots.test.ts',
        'packages/engine/src/state/segments/segments.test.ts',
        'packages/engine/src/state/segments/segment-service.test.ts',
        'packages/state-host/src/segments-on-disk.integration.test.ts',
        'packages/state-host/src/segment-host.integration.test.ts',
        'packages/engine/src/operators/cases.test.ts',
      ],
    ],
  },
  {
    letter: 'F',
    title: 'Recovery',
    rows: [
      [
        'F1',
        '★ Heartbeat failure detection, 5 s interval, 15 s timeout; a closed connection is noticed at once',
        'there',
        FAULTS,
        DISPATCHER,
        RESOURCES,
      ],
      ['F2', '★ Cancel all tasks → latest checkpoint → reschedule → download → restore → seek → resume', 'not yet'],
      [
        'F3',
        '★ Zero loss and zero duplicates after a crash',
        'partly: for the output of bounded jobs, which begin their input again',
        FAULTS,
        JOB_PROPERTIES,
      ],
      ['F4', "Local recovery from the TaskManager's own disk; only the failed region restarts", 'not yet'],
    ],
  },
  {
    letter: 'G',
    title: 'Scheduling and resources',
    rows: [
      ['G1', '★ Master and workers; TaskManager registry; slots tracked', 'there', RESOURCES, DISPATCHER, MAIN_JOB],
      ['G2', '★ Bin-packing placement (default), and spread as an option', 'there', PLACEMENT, MAIN_JOB],
      [
        'G3',
        'Slots: 4 per TaskManager, 3 TaskManagers = 12; memory limits; slot sharing',
        'there',
        EXECUTION_GRAPH,
        RESOURCES,
        MAIN_JOB,
        MEMORY_BUDGET,
        'apps/taskmanager/src/slots/memory-watchdog.test.ts',
      ],
      [
        'G4',
        'Parallelism per operator; warn when it exceeds the Kafka partitions',
        'partly: parallelism per operator',
        EXECUTION_GRAPH,
        'packages/engine/src/graph/validate.test.ts',
      ],
      ['G5', 'Dispatcher, ResourceManager, one JobMaster per job', 'there', DISPATCHER, RESOURCES, JOB_MASTER],
      [
        'G6',
        'Add TaskManagers to add capacity; jobs use free slots by themselves; rescale a running job; autoscale',
        'partly: a waiting job takes slots when they come',
        DISPATCHER,
        RESOURCES,
      ],
      [
        'G7',
        '★ Operator chaining: one-to-one stateless neighbours fuse',
        'there',
        EXECUTION_GRAPH,
        'packages/engine/src/task/chain-compiler.test.ts',
      ],
      ['G8', 'The JobManager asks Kubernetes for TaskManager pods, and gives them back (native mode)', 'not yet'],
    ],
  },
  {
    letter: 'H',
    title: 'Network',
    rows: [
      [
        'H1',
        '★ Credit-based flow control',
        'there',
        FLOW_CONTROL,
        `${NETWORK}/credit.test.ts`,
        `${NETWORK}/frame-channel.test.ts`,
        `${NETWORK}/channel-writer.test.ts`,
        MAIN_JOB,
      ],
      [
        'H2',
        '★ Fixed buffer pool of reused 32 KB buffers',
        'there',
        `${NETWORK}/buffer-pool.test.ts`,
        `${NETWORK}/buffer-pool.integration.test.ts`,
        `${NETWORK}/attempt-memory.test.ts`,
      ],
      [
        'H3',
        '★ gRPC and Protocol Buffers between components (6123 JobManager, 6124+ TaskManagers)',
        'there',
        DISPATCHER,
        'packages/proto/src/credentials.integration.test.ts',
      ],
    ],
  },
  {
    letter: 'I',
    title: 'Control API',
    note: 'Port 8081. Every path needs a token, except `GET /`, `/health` and `/metrics`.',
    rows: [
      ['I1', '`GET /` health', 'there', BODIES],
      ['I2', '★ `POST /jobs/submit`, multipart field `job_file`', 'there', BODIES, BAD_REQUESTS, EXAMPLES_E2E],
      ['I3', '`GET /jobs`', 'there', BODIES, RECOVERY],
      ['I4', '`GET /jobs/{id}/status`', 'there', BODIES],
      ['I5', '`POST /jobs/{id}/cancel`', 'there', BODIES],
      ['I6', '`GET /jobs/{id}/metrics`', 'there', BODIES, 'apps/jobmanager/src/metrics/job-metrics.test.ts'],
      ['I7', '`POST /jobs/{id}/savepoint`', 'partly: answers 501 and says why', BODIES],
      ['I8', '`GET /taskmanagers`', 'there', BODIES],
      ['I9', '`GET /cluster/metrics`', 'there', BODIES],
      [
        'I10',
        'Statuses CREATED, RUNNING, FAILING, FAILED, CANCELLING, CANCELED, FINISHED (exact spelling)',
        'there',
        JOB_MASTER,
        'packages/control/src/job/transitions.test.ts',
      ],
      ['I11', 'Errors as `{"detail": …}`', 'there', BODIES, BAD_REQUESTS, DISPATCHER],
      ['I12', 'Job definitions, status and history kept in Postgres', 'there', STORE, STORE_LIFE, RECOVERY],
    ],
  },
  {
    letter: 'J',
    title: 'Configuration',
    note: 'Environment variables and their defaults: [configuration.md](configuration.md). A variable without effect is warned about at start.',
    rows: [
      [
        'J1',
        'CHECKPOINT_INTERVAL, STATE_BACKEND, S3_CHECKPOINT_PATH',
        'partly: STATE_BACKEND; the others are read and checked, without effect yet',
        SETTINGS,
        SETTINGS_USED,
      ],
      ['J2', 'TASK_SLOTS=4, MEMORY_SIZE=2048', 'there', SETTINGS, SETTINGS_USED],
      [
        'J3',
        'ROCKSDB_WRITE_BUFFER_SIZE, ROCKSDB_MAX_WRITE_BUFFERS, ROCKSDB_BLOCK_CACHE_SIZE',
        'there',
        MEMORY_BUDGET,
        SETTINGS,
        SETTINGS_USED,
      ],
      ['J4', 'BUFFER_SIZE=32768, BUFFER_POOL_SIZE=2048, CREDIT_INITIAL=1024', 'there', SETTINGS, SETTINGS_USED],
      ['J5', 'HEARTBEAT_INTERVAL=5000, HEARTBEAT_TIMEOUT=15000', 'there', SETTINGS, SETTINGS_USED],
      [
        'J6',
        'KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL',
        'partly: DATABASE_URL',
        SETTINGS,
        STORE_LIFE,
        'apps/jobmanager/src/store/database-location.test.ts',
      ],
      [
        'J7',
        'Watermark interval 200 ms, bound 5 s; per-job parallelism and checkpoint interval',
        'partly: the defaults of the watermarks, parallelism per job',
        'packages/engine/src/time/watermark-strategy.test.ts',
        PREPARE,
      ],
      [
        'J8',
        'UNALIGNED_CHECKPOINTS, CHECKPOINT_TIMEOUT, CHECKPOINT_MIN_PAUSE, TOLERABLE_FAILED_CHECKPOINTS, MANAGED_MEMORY_FRACTION, NETWORK_MEMORY_FRACTION',
        'partly: the two fractions; those of checkpoints are read and checked, without effect yet',
        MEMORY_BUDGET,
        SETTINGS,
        SETTINGS_USED,
      ],
    ],
  },
  {
    letter: 'K',
    title: 'Metrics (Prometheus names)',
    rows: [
      ['K1', '★ `records_processed_total{task,operator}`', 'there', EXAMPLES_E2E],
      [
        'K2',
        '★ `processing_latency_seconds{operator}` histogram',
        'there',
        'apps/taskmanager/src/reporting/task-metrics.test.ts',
      ],
      ['K3', '★ `checkpoint_duration_seconds{job}` histogram', 'not yet'],
      ['K4', '★ `backpressure_ratio{task}` 0–1', 'there', TASK_METRICS],
      ['K5', '`watermark_lag_ms{task}`', 'there', TASK_METRICS],
      ['K6', '`state_size_bytes{task,operator}`', 'there', TASK_METRICS],
      ['K7', 'The documented PromQL works as written, with its recording rule', 'not yet'],
      ['K8', 'Metrics are served on 9249+ per process', 'there', METRICS_SERVER, SUPERVISOR],
    ],
  },
  {
    letter: 'L',
    title: 'Dashboards (Grafana on 3000, Prometheus on 9090)',
    rows: [
      ['L1', 'Job Overview (throughput, latency, status)', 'not yet'],
      ['L2', 'TaskManager Health (CPU, memory, slots)', 'not yet'],
      ['L3', 'Checkpoints (duration, frequency, success rate)', 'not yet'],
      ['L4', 'Backpressure', 'not yet'],
      ['L5', 'Utilisation, task distribution, errors', 'not yet'],
      ['L6', 'Alert rules', 'not yet'],
    ],
  },
  {
    letter: 'M',
    title: 'Example jobs',
    rows: [
      ['M1', 'book_words', 'there', EXAMPLES, EXAMPLES_E2E, MAIN_JOB],
      [
        'M2',
        'word_count (flatMap → lower → keyBy → tumbling 10 s → reduce → filter > 5)',
        'there',
        EXAMPLES,
        EXAMPLES_E2E,
      ],
      ['M3', 'windowed_aggregation (sensors, sliding 30 s / 10 s)', 'there', WINDOW_EXAMPLES],
      ['M4', 'stateful_deduplication', 'there', STREAM_EXAMPLES],
      ['M5', 'stream_join', 'there', STREAM_EXAMPLES],
      ['M6', 'error_filter', 'there', STREAM_EXAMPLES],
      ['M7', 'category_counter (30 s)', 'there', WINDOW_EXAMPLES],
      ['M8', 'anomaly_detector (> 100.0 → HIGH_VALUE alert)', 'there', STREAM_EXAMPLES],
      ['M9', 'hello (fromElements → upper → print)', 'there', STREAM_EXAMPLES],
      ['M10', 'Template: clicks per page per minute with trending', 'there', WINDOW_EXAMPLES],
      ['M11', 'Template: fraud (flag unusual patterns)', 'there', STREAM_EXAMPLES],
      ['M12', 'Template: alert on anomalies', 'there', STREAM_EXAMPLES],
      ['M13', 'Template: IoT (average temperature per zone, equipment failure alert)', 'there', WINDOW_EXAMPLES],
      ['M14', 'Template: block fraudulent charges (an alert stream with an action)', 'there', STREAM_EXAMPLES],
    ],
  },
  {
    letter: 'N',
    title: 'Tests',
    rows: [
      [
        'N1',
        'Unit: operators, windows, state, watermarks, buffer pool, flow control',
        'there',
        OPERATOR_CASES,
        'packages/engine/src/task/operator-cases.test.ts',
        WINDOWS,
        STATES,
        'packages/engine/src/time/watermark-merger.test.ts',
        `${NETWORK}/buffer-pool.test.ts`,
        `${NETWORK}/channel-writer.test.ts`,
      ],
      ['N2', 'Integration: failure recovery, exactly-once verification', 'partly: failure recovery', FAULTS, RECOVERY],
      ['N3', 'Chaos: random TaskManager kill and restart while a job runs', 'not yet'],
      [
        'N4',
        'Benchmark: throughput, latency p50/p95/p99, checkpoint duration, state overhead',
        'partly: throughput, latency, snapshots of state; checkpoints of a job are not there yet',
        'docs/performance.md',
        'bench/latency/schedule.test.ts',
        'bench/snapshot.test.ts',
      ],
      ['N5', 'Browser end-to-end with Playwright', 'there', WEB],
    ],
  },
  {
    letter: 'O',
    title: 'Targets',
    rows: [
      [
        'O1',
        '≥ 50,000 events/s (and millions over a cluster)',
        'partly: millions on one machine; several machines are not measured',
        'docs/performance.md',
      ],
      ['O2', '< 100 ms p99 windowed latency', 'there', 'docs/performance.md', 'bench/latency/schedule.test.ts'],
      ['O3', '< 1 s checkpoint of 1 GB state with 1 % changed since the last', 'not yet'],
      ['O4', '99.9 % uptime under chaos', 'not yet'],
      ['O5', '< 30 s recovery', 'not yet'],
    ],
  },
  {
    letter: 'P',
    title: 'Failure scenarios (each a test and a diagnosis in the product)',
    rows: [
      ['P1', 'TaskManager crash', 'there', FAULTS, DISPATCHER, SUPERVISOR],
      [
        'P2',
        'Backpressure deadlock (RUNNING, 0 throughput, slow sink)',
        'partly: it does not deadlock; busy and backpressure show where the time goes',
        FLOW_CONTROL,
        'e2e/flow-topologies.test.ts',
      ],
      ['P3', 'Alignment timeout under skew', 'not yet'],
      ['P4', 'Submit with no TaskManager', 'there', DISPATCHER, BODIES, 'apps/cli/test/deploy.integration.test.ts'],
      ['P5', 'No output (missing topic, no input)', 'not yet'],
      ['P6', 'High latency (parallelism, too frequent checkpoints, large state)', 'not yet'],
      ['P7', 'TaskManager out of memory', 'partly: a job that uses up the heap of its slot fails alone', USER_CODE],
      ['P8', 'Parallelism > partitions', 'not yet'],
    ],
  },
  {
    letter: 'Q',
    title: 'Deployment',
    rows: [
      ['Q1', 'Compose: all services with health checks, scaling, restart and logs by service name', 'not yet'],
      ['Q2', 'Kubernetes manifests by the given names, and web', 'not yet'],
      ['Q3', 'A container build file per component', 'not yet'],
      ['Q4', 'cloudbuild.yaml, setup_gcp.sh, EKS notes', 'not yet'],
      [
        'Q5',
        'Scripts: proto generation, chaos test, benchmark',
        'partly: proto generation (`npm run proto`) and benchmarks (`npm run bench`)',
        'docs/performance.md',
      ],
    ],
  },
  {
    letter: 'R',
    title: 'Docs',
    rows: [
      ['R1', 'README', 'there', 'test/docs.test.ts', 'packages/sdk/src/docs-examples.test.ts'],
      ['R2', 'Architecture', 'there', 'test/docs.test.ts', 'test/layers.test.ts'],
      ['R3', 'API reference', 'there', 'apps/jobmanager/src/api/rest/openapi.test.ts'],
      ['R4', 'Deployment guide', 'not yet'],
      ['R5', 'GCP guide', 'not yet'],
      ['R6', 'Quick reference', 'not yet'],
      ['R7', 'Troubleshooting', 'partly: the page of error codes', 'test/docs.test.ts'],
      ['R8', 'Production checklist', 'not yet'],
      ['R9', 'When to use', 'not yet'],
      ['R10', 'Tuning', 'not yet'],
    ],
  },
  {
    letter: 'S',
    title: 'Later wishes, wanted now',
    rows: [
      ['S1', 'Savepoints and job migration', 'not yet'],
      ['S2', 'Dynamic scaling', 'not yet'],
      ['S3', 'Incremental checkpoints', 'not yet'],
      ['S4', 'Local recovery', 'not yet'],
      ['S5', 'Async I/O', 'there', `${ENGINE}/operators/async-map.test.ts`, `${ENGINE}/task/async-map.test.ts`],
      ['S6', 'Broadcast state', 'there', `${ENGINE}/operators/broadcast.test.ts`, TWO_INPUT_CASES],
      ['S7', 'Side outputs', 'there', OPERATOR_CASES, EXECUTION_GRAPH],
      ['S8', 'CPU affinity of slots (hints where Node cannot)', 'not yet'],
    ],
  },
  {
    letter: 'T',
    title: 'Web',
    rows: [
      [
        'T1',
        '★ React Flow DAG editor',
        'partly: the graph of the code, drawn while it is typed',
        WEB,
        'apps/web/features/graph/graph-store.test.ts',
      ],
      ['T2', '★ Monaco code editor', 'there', WEB, 'apps/web/features/code/draft/autosave.test.ts'],
      [
        'T3',
        '★ tRPC to the JobManager; Prisma and Postgres',
        'there',
        'apps/jobmanager/src/api/trpc/router.test.ts',
        'apps/jobmanager/test/live.integration.test.ts',
        STORE,
        STORE_LIFE,
      ],
      [
        'T4',
        '★ Live checkpoints, backpressure, execution graph',
        'partly: backpressure and execution graph',
        WEB,
        'apps/jobmanager/src/live/live-hub.test.ts',
        'packages/control/src/verdict/verdict.test.ts',
      ],
      [
        'T5',
        '★ REST and tRPC automation',
        'there',
        'apps/jobmanager/src/api/trpc/router.test.ts',
        BODIES,
        'apps/jobmanager/src/api/rest/openapi.test.ts',
        'apps/jobmanager/src/api/rest/rights.test.ts',
      ],
      ['T6', '★ Team self-service deployment', 'not yet'],
    ],
  },
  {
    letter: 'U',
    title: 'The packages that the design names',
    note: 'Each is used, or [dependencies.md](dependencies.md#the-packages-that-the-design-names) says what stands in its place and why.',
    rows: [
      ['U1', 'next', 'there', WEB],
      ['U2', 'react', 'there', WEB],
      ['U3', '@tanstack/react-query', 'there', WEB],
      ['U4', 'reactflow (→ @xyflow/react)', 'there', WEB],
      ['U5', 'monaco-editor', 'there', WEB],
      ['U6', 'trpc', 'there', 'apps/jobmanager/src/api/trpc/router.test.ts'],
      ['U7', '@grpc/grpc-js', 'there', 'packages/proto/src/credentials.integration.test.ts'],
      ['U8', 'kafkajs (→ @platformatic/kafka)', 'not yet'],
      ['U9', 'prisma', 'there', STORE],
      ['U10', 'rocksdb (→ rocksdb-native)', 'there', STATE_HOST],
      ['U11', '@aws-sdk/client-s3', 'not yet'],
      ['U12', 'recharts', 'there', WEB],
      ['U13', 'prom-client', 'there', METRICS_SERVER],
      ['U14', 'playwright', 'there', WEB],
    ],
  },
]
