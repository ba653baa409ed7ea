import {
  flag,
  folder,
  folders,
  fraction,
  hostsAndPorts,
  identifier,
  integer,
  loopbackHost,
  oneOf,
  port,
  type SettingKind,
  secretText,
  url,
} from './setting-kinds.ts'

/** The processes that read a setting. */
export type ReadBy = 'cluster' | 'jobmanager' | 'taskmanager' | 'web' | 'cli'

/** One environment variable. */
export interface SettingRow<T, D> {
  readonly variable: string
  readonly kind: SettingKind<T>
  /** The value when the variable is not set; null where there is none or it follows from `defaultText`. */
  readonly default: D
  /** How the documentation names the default where it is not a plain value. */
  readonly defaultText?: string
  readonly readBy: readonly ReadBy[]
  /** What it is, in full sentences; units included. */
  readonly description: string
  /** Its value is never shown. */
  readonly secret?: true
  /** Why setting it changes nothing in this version: who sets it is told so at start. */
  readonly withoutEffect?: string
  /** Changes nothing where state stays in memory. */
  readonly onlyWithDisk?: true
}

function row<T, const D extends T | null>(spec: SettingRow<T, D>): SettingRow<T, D> {
  return spec
}

const ALL: readonly ReadBy[] = ['cluster', 'jobmanager', 'taskmanager', 'web', 'cli']
const SERVERS: readonly ReadBy[] = ['cluster', 'jobmanager', 'taskmanager']
const NO_CHECKPOINTS = 'checkpoints are not there in this version'
const MAX_INTERVAL_MS = 86_400_000

/** The one table of all environment variables of Weir. The reader and the documentation are made from it. */
export const SETTINGS = {
  // where things are
  home: row({
    variable: 'WEIR_HOME',
    kind: folder(),
    default: null,
    defaultText: '.weir in the project',
    readBy: ALL,
    description:
      'The folder of all local data: database, logs, credentials, checkpoints. One cluster owns it at a time.',
  }),
  workdir: row({
    variable: 'WEIR_WORKDIR',
    kind: folder(),
    default: null,
    defaultText: 'the folder where the process was started',
    readBy: [...SERVERS, 'cli'],
    description: "The folder from which relative paths in a job's sources and sinks are taken.",
  }),
  fileRoots: row({
    variable: 'WEIR_FILE_ROOTS',
    kind: folders(),
    default: null,
    defaultText: 'any folder but WEIR_HOME',
    readBy: ['jobmanager', 'taskmanager'],
    description: 'The folders that file sources and sinks of jobs may use. WEIR_HOME is never among them.',
  }),
  logLevel: row({
    variable: 'WEIR_LOG_LEVEL',
    kind: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    default: 'info',
    readBy: ALL,
    description: 'The least severe level that is written to the log files in WEIR_HOME/logs.',
  }),

  // access
  host: row({
    variable: 'WEIR_HOST',
    kind: loopbackHost(),
    default: '127.0.0.1',
    readBy: ALL,
    description: 'The address on which the processes listen.',
  }),
  token: row({
    variable: 'WEIR_TOKEN',
    kind: secretText(16),
    default: null,
    defaultText: 'the token in WEIR_HOME/credentials, made at the first start',
    readBy: [...SERVERS, 'cli'],
    description: 'The admin token: accepted by the JobManager, sent by the command line.',
    secret: true,
  }),
  url: row({
    variable: 'WEIR_URL',
    kind: url(['http:', 'https:'], 'http://127.0.0.1:8081'),
    default: null,
    defaultText: 'http at WEIR_HOST and JOBMANAGER_PORT',
    readBy: ['cli'],
    description: 'Where the command line finds the cluster.',
  }),
  publicUrl: row({
    variable: 'WEIR_PUBLIC_URL',
    kind: url(['http:', 'https:'], 'http://127.0.0.1:8080'),
    default: null,
    defaultText: 'the web app of `npm start`; of a JobManager alone its own address',
    readBy: ['cluster', 'jobmanager', 'web'],
    description: 'Where browsers find the web app: login links lead there, and it answers to that name.',
  }),

  // ports
  webPort: row({
    variable: 'WEB_PORT',
    kind: port(),
    default: 8080,
    readBy: ['cluster', 'web'],
    description: 'The port of the web app.',
  }),
  jobManagerPort: row({
    variable: 'JOBMANAGER_PORT',
    kind: port(),
    default: 8081,
    readBy: ['cluster', 'jobmanager', 'web', 'cli'],
    description: 'The HTTP port of the JobManager: REST, /metrics, documentation of the API.',
  }),
  jobManagerRpcPort: row({
    variable: 'JOBMANAGER_RPC_PORT',
    kind: port(),
    default: 6123,
    readBy: SERVERS,
    description: 'The gRPC port of the JobManager, for TaskManagers.',
  }),
  jobManagerAddresses: row({
    variable: 'JOBMANAGER_ADDRESSES',
    kind: hostsAndPorts(),
    default: null,
    defaultText: 'WEIR_HOST at JOBMANAGER_RPC_PORT',
    readBy: ['taskmanager'],
    description: 'Where a TaskManager looks for the leading JobManager.',
  }),
  taskManagerRpcPort: row({
    variable: 'TASKMANAGER_RPC_PORT',
    kind: port(),
    default: 6124,
    readBy: ['cluster', 'taskmanager'],
    description: 'The gRPC port of the first TaskManager; further ones of an embedded cluster count up.',
  }),
  metricsPort: row({
    variable: 'METRICS_PORT',
    kind: port(),
    default: 9249,
    readBy: ['cluster', 'taskmanager'],
    description: 'The /metrics port of the first TaskManager; further ones of an embedded cluster count up.',
  }),

  // the cluster
  taskManagers: row({
    variable: 'TASK_MANAGERS',
    kind: integer(1, 64),
    default: 1,
    readBy: ['cluster'],
    description: 'How many TaskManagers the embedded cluster starts.',
  }),
  taskManagerId: row({
    variable: 'TASKMANAGER_ID',
    kind: identifier(),
    default: 'tm-1',
    readBy: ['taskmanager'],
    description: 'The name of a TaskManager, unique in its cluster; the embedded cluster gives tm-1, tm-2, …',
  }),
  taskSlots: row({
    variable: 'TASK_SLOTS',
    kind: integer(1, 256),
    default: 4,
    readBy: ['taskmanager'],
    description: 'How many slots a TaskManager has. Each runs one slice of a job in a thread of its own.',
  }),
  slotPlacement: row({
    variable: 'SLOT_PLACEMENT',
    kind: oneOf(['bin-packing', 'spread']),
    default: 'bin-packing',
    readBy: ['jobmanager'],
    description: 'Whether the slots of a job fill one TaskManager after the other, or are spread over all.',
  }),
  heartbeatIntervalMs: row({
    variable: 'HEARTBEAT_INTERVAL',
    kind: integer(100, 600_000, 'ms'),
    default: 5000,
    readBy: ['jobmanager', 'taskmanager'],
    description: 'How often a TaskManager says that it lives, in ms.',
  }),
  heartbeatTimeoutMs: row({
    variable: 'HEARTBEAT_TIMEOUT',
    kind: integer(200, 3_600_000, 'ms'),
    default: 15_000,
    readBy: ['jobmanager', 'taskmanager'],
    description:
      'After which silence a TaskManager counts as lost, in ms; longer than HEARTBEAT_INTERVAL. A closed connection is noticed at once.',
  }),
  databaseUrl: row({
    variable: 'DATABASE_URL',
    kind: url(['postgres:', 'postgresql:'], 'postgresql://user:password@localhost:5432/weir'),
    default: null,
    defaultText: 'an embedded Postgres in WEIR_HOME',
    readBy: ['jobmanager'],
    description: 'The PostgreSQL database of the JobManager.',
    secret: true,
  }),
  kafkaBootstrapServers: row({
    variable: 'KAFKA_BOOTSTRAP_SERVERS',
    kind: hostsAndPorts(),
    default: null,
    readBy: ['jobmanager', 'taskmanager'],
    description: 'The Kafka brokers that sources and sinks use when they name none.',
    withoutEffect: 'Kafka sources and sinks are not there in this version',
  }),

  // memory and network
  memorySizeMb: row({
    variable: 'MEMORY_SIZE',
    kind: integer(256, 16_777_216, 'MB'),
    default: 2048,
    readBy: ['taskmanager', 'cli'],
    description:
      'The memory that a TaskManager may use, in MB: heaps of its slots, state and network buffers together. For ./weir run the heap of its thread.',
  }),
  managedMemoryFraction: row({
    variable: 'MANAGED_MEMORY_FRACTION',
    kind: fraction(),
    default: 0.4,
    readBy: ['taskmanager'],
    description: 'The share of MEMORY_SIZE for state: in the heaps of the slots, and for what RocksDB keeps in memory.',
  }),
  networkMemoryFraction: row({
    variable: 'NETWORK_MEMORY_FRACTION',
    kind: fraction(),
    default: 0.1,
    readBy: ['taskmanager'],
    description: 'The most of MEMORY_SIZE that network buffers take up, however many BUFFER_POOL_SIZE asks for.',
  }),
  bufferSizeBytes: row({
    variable: 'BUFFER_SIZE',
    kind: integer(1024, 1_048_576, 'bytes'),
    default: 32_768,
    readBy: ['taskmanager'],
    description: 'The size of a network buffer in bytes. A larger record spans several.',
  }),
  bufferPoolSize: row({
    variable: 'BUFFER_POOL_SIZE',
    kind: integer(16, 1_048_576, 'buffers'),
    default: 2048,
    readBy: ['taskmanager'],
    description: 'How many network buffers a TaskManager has.',
  }),
  channelBuffers: row({
    variable: 'CHANNEL_BUFFERS',
    kind: integer(1, 1024, 'buffers'),
    default: 2,
    readBy: ['taskmanager'],
    description: 'How many network buffers each channel owns; further ones float to where the backlog is.',
  }),
  creditInitial: row({
    variable: 'CREDIT_INITIAL',
    kind: integer(1, 1_000_000, 'records'),
    default: 1024,
    readBy: ['taskmanager'],
    description:
      'The most records in flight on one channel with its own buffers; each buffer lent to it brings its share more.',
  }),
  overdraftSizeBytes: row({
    variable: 'OVERDRAFT_SIZE',
    kind: integer(65_536, 1_073_741_824, 'bytes'),
    default: 67_108_864,
    readBy: ['taskmanager'],
    description: 'How much one step of an operator may emit beyond the buffers that are free, in bytes.',
  }),
  maxRecordSizeBytes: row({
    variable: 'MAX_RECORD_SIZE',
    kind: integer(1024, 1_073_741_824, 'bytes'),
    default: 67_108_864,
    readBy: ['taskmanager'],
    description: 'The largest record that may cross between subtasks, in bytes.',
  }),

  // time
  watermarkIntervalMs: row({
    variable: 'WATERMARK_INTERVAL',
    kind: integer(1, 60_000, 'ms'),
    default: 200,
    readBy: ['taskmanager'],
    description: 'How often sources emit a watermark, in ms.',
  }),

  // state and checkpoints
  stateBackend: row({
    variable: 'STATE_BACKEND',
    kind: oneOf(['rocksdb', 'memory']),
    default: 'rocksdb',
    readBy: ['taskmanager'],
    description: 'Where keyed state lives: in memory and, when that is used up, on disk (rocksdb), or in memory alone.',
  }),
  rocksdbWriteBufferSizeBytes: row({
    variable: 'ROCKSDB_WRITE_BUFFER_SIZE',
    kind: integer(65_536, 4_294_967_296, 'bytes'),
    default: 67_108_864,
    readBy: ['taskmanager'],
    description: 'The size of a write buffer of the state on disk, in bytes; smaller where there is little memory.',
    onlyWithDisk: true,
  }),
  rocksdbMaxWriteBuffers: row({
    variable: 'ROCKSDB_MAX_WRITE_BUFFERS',
    kind: integer(1, 64),
    default: 3,
    readBy: ['taskmanager'],
    description: 'How many write buffers the state on disk has.',
    onlyWithDisk: true,
  }),
  rocksdbBlockCacheSizeBytes: row({
    variable: 'ROCKSDB_BLOCK_CACHE_SIZE',
    kind: integer(0, 1_099_511_627_776, 'bytes'),
    default: 268_435_456,
    readBy: ['taskmanager'],
    description:
      'The size of the cache of rows in front of the state on disk, in bytes. With little memory it is smaller: at start the TaskManager logs how memory is divided.',
    onlyWithDisk: true,
  }),
  checkpointIntervalMs: row({
    variable: 'CHECKPOINT_INTERVAL',
    kind: integer(10, MAX_INTERVAL_MS, 'ms'),
    default: 10_000,
    readBy: ['jobmanager'],
    description: 'How often a job that does not say it itself is checkpointed, in ms.',
    withoutEffect: NO_CHECKPOINTS,
  }),
  checkpointTimeoutMs: row({
    variable: 'CHECKPOINT_TIMEOUT',
    kind: integer(100, MAX_INTERVAL_MS, 'ms'),
    default: 600_000,
    readBy: ['jobmanager'],
    description: 'After which time a checkpoint that is not complete is given up, in ms.',
    withoutEffect: NO_CHECKPOINTS,
  }),
  checkpointMinPauseMs: row({
    variable: 'CHECKPOINT_MIN_PAUSE',
    kind: integer(0, MAX_INTERVAL_MS, 'ms'),
    default: 0,
    readBy: ['jobmanager'],
    description: 'The least time between the end of a checkpoint and the start of the next, in ms.',
    withoutEffect: NO_CHECKPOINTS,
  }),
  tolerableFailedCheckpoints: row({
    variable: 'TOLERABLE_FAILED_CHECKPOINTS',
    kind: integer(0, 1_000_000),
    default: 0,
    readBy: ['jobmanager'],
    description: 'How many checkpoints in a row may fail before the job does.',
    withoutEffect: NO_CHECKPOINTS,
  }),
  unalignedCheckpoints: row({
    variable: 'UNALIGNED_CHECKPOINTS',
    kind: flag(),
    default: false,
    readBy: ['jobmanager'],
    description: 'Whether barriers overtake the records in flight, which then become part of the checkpoint.',
    withoutEffect: NO_CHECKPOINTS,
  }),
  s3CheckpointPath: row({
    variable: 'S3_CHECKPOINT_PATH',
    kind: url(['s3:'], 's3://bucket/checkpoints'),
    default: null,
    defaultText: 'a folder in WEIR_HOME',
    readBy: ['jobmanager', 'taskmanager'],
    description: 'The bucket and prefix where checkpoints are kept.',
    withoutEffect: NO_CHECKPOINTS,
  }),
} as const

export type SettingName = keyof typeof SETTINGS
