import { WeirError } from '@weir/engine/base/errors'
import { editDistance } from '@weir/engine/base/near-miss'
import { expect, test } from 'vitest'
import { portsOf, readSettings, type Settings } from './settings.ts'
import { SETTINGS } from './settings-table.ts'

const folders = { project: '/clone', started: '/somewhere' }
const read = (env: Record<string, string>): Settings => readSettings(env, folders)

function refusal(env: Record<string, string>): WeirError {
  try {
    read(env)
  } catch (error) {
    if (error instanceof WeirError) return error
  }
  throw new Error('these settings were accepted')
}

test('an empty environment gives the defaults', () => {
  expect(read({})).toMatchObject({
    home: '/clone/.weir',
    workdir: '/somewhere',
    url: 'http://127.0.0.1:8081',
    jobManagerAddresses: ['127.0.0.1:6123'],
    host: '127.0.0.1',
    token: null,
    taskSlots: 4,
    memorySizeMb: 2048,
    bufferSizeBytes: 32768,
    bufferPoolSize: 2048,
    creditInitial: 1024,
    channelBuffers: 2,
    heartbeatIntervalMs: 5000,
    heartbeatTimeoutMs: 15000,
    taskManagers: 1,
    stateBackend: 'rocksdb',
    fileRoots: null,
    withoutEffect: [],
  })
})

test('every default lies within its own range', () => {
  for (const setting of Object.values(SETTINGS)) {
    if (setting.default === null) continue
    expect(setting.kind.schema.safeParse(String(setting.default)), setting.variable).toMatchObject({
      data: setting.default,
    })
  }
})

test('variables are unique and described', () => {
  const variables = Object.values(SETTINGS).map(setting => setting.variable)
  expect(new Set(variables).size).toBe(variables.length)
  for (const setting of Object.values(SETTINGS)) expect(setting.description).toMatch(/\.$|…$/)
})

test('values of the environment become typed values', () => {
  const settings = read({
    WEIR_HOME: 'data',
    TASK_SLOTS: ' 2 ',
    JOBMANAGER_PORT: '9081',
    JOBMANAGER_RPC_PORT: '7123',
    WEIR_FILE_ROOTS: '/a:/b',
    SLOT_PLACEMENT: 'spread',
    WEIR_TOKEN: '',
  })
  expect(settings).toMatchObject({
    home: '/somewhere/data',
    taskSlots: 2,
    url: 'http://127.0.0.1:9081',
    jobManagerAddresses: ['127.0.0.1:7123'],
    fileRoots: ['/a', '/b'],
    slotPlacement: 'spread',
    token: null,
  })
})

test('a value out of range is an error that names the variable, the value, the range and the default', () => {
  const error = refusal({ TASK_SLOTS: '0' })
  expect(error.code).toBe('SETTING_INVALID')
  expect(error.message).toBe('TASK_SLOTS=0 is not valid: it must be an integer from 1 to 256; the default is 4')
  for (const bad of ['1.5', '1e3', '0x10', 'four', '-1', '99999999999999999999']) refusal({ TASK_SLOTS: bad })
})

test('an unknown WEIR_ variable is an error that says what was probably meant', () => {
  expect(refusal({ WEIR_HOEM: 'x' }).message).toBe('WEIR_HOEM is unknown: did you mean WEIR_HOME?')
  expect(refusal({ WEIR_SOMETHING_ELSE_ENTIRELY: 'x' }).message).toContain('the WEIR_ variables are WEIR_HOME')
  expect(read({ WEIRD: 'x', OTHER: 'y' }).taskSlots).toBe(4)
})

test('everything that is wrong is said at once', () => {
  const error = refusal({ WEIR_HOEM: 'x', TASK_SLOTS: '0', WEIR_LOG_LEVEL: 'loud' })
  expect(error.problems).toHaveLength(3)
  expect(error.message).toContain('WEIR_LOG_LEVEL=loud is not valid: it must be one of trace, debug')
})

test('a secret that is not valid is never shown', () => {
  expect(refusal({ WEIR_TOKEN: 'short' }).message).not.toContain('short')
  expect(refusal({ DATABASE_URL: 'mysql://me:hunter2@db' }).message).not.toContain('hunter2')
})

test('no address beyond loopback is accepted, and the error says why', () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.2', 'example.org', '127.evil.com', '128.0.0.1']) {
    expect(refusal({ WEIR_HOST: host }).message).toContain('accounts of users')
  }
  expect(read({ WEIR_HOST: '::1' })).toMatchObject({
    host: '::1',
    url: 'http://[::1]:8081',
    jobManagerAddresses: ['[::1]:6123'],
  })
})

test('a variable without effect is listed when it is set, and only then', () => {
  expect(read({ CHECKPOINT_INTERVAL: '5000', KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092' }).withoutEffect).toEqual([
    { variable: 'KAFKA_BOOTSTRAP_SERVERS', reason: expect.stringContaining('Kafka') },
    { variable: 'CHECKPOINT_INTERVAL', reason: expect.stringContaining('checkpoints') },
  ])
})

test('values that do not fit together are refused', () => {
  expect(refusal({ HEARTBEAT_INTERVAL: '5000', HEARTBEAT_TIMEOUT: '5000' }).message).toContain('must be longer than')
  expect(refusal({ JOBMANAGER_PORT: '6123' }).message).toContain('JOBMANAGER_PORT and JOBMANAGER_RPC_PORT')
  expect(refusal({ WEB_PORT: '8081' }).message).toContain('WEB_PORT and JOBMANAGER_PORT')
  expect(refusal({ JOBMANAGER_RPC_PORT: '6126', TASK_MANAGERS: '3' }).message).toContain('port 6126')
  expect(refusal({ METRICS_PORT: '65535', TASK_MANAGERS: '2' }).message).toContain('counts up beyond port 65535')
})

test('the ports of further TaskManagers count up', () => {
  const ports = portsOf(read({ TASK_MANAGERS: '3' })).map(use => use.port)
  expect(ports).toEqual([8080, 8081, 6123, 6124, 9249, 6125, 9250, 6126, 9251])
})

test('edit distance counts a swap of neighbours as one', () => {
  expect(editDistance('WEIR_HOEM', 'WEIR_HOME')).toBe(1)
  expect(editDistance('', 'abc')).toBe(3)
  expect(editDistance('kitten', 'sitting')).toBe(3)
})

test('settings of the state on disk are without effect where there is none', () => {
  const set = { ROCKSDB_MAX_WRITE_BUFFERS: '3' }
  expect(read(set).withoutEffect).toEqual([])
  expect(read({ ...set, STATE_BACKEND: 'memory' }).withoutEffect).toEqual([
    { variable: 'ROCKSDB_MAX_WRITE_BUFFERS', reason: expect.stringContaining('not written to disk') },
  ])
})
