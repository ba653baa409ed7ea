import type { Settings } from '@weir/process/settings'

const MB = 1024 * 1024
/** What the process itself takes up before any job: main and network thread, code, gRPC. */
const PROCESS_MB = 160
/** An isolate with the engine in it, beside its heap. */
const THREAD_MB = 12
/** The state-host thread and what RocksDB takes beside write buffers and our cache. */
const STATE_HOST_MB = 48
const HEAP_MB_MIN = 48
const STATE_MB_MIN = 8
/** State may take up this part of a slot's heap; the rest is for records under way, user code, and garbage. */
const STATE_SHARE_OF_HEAP = 0.5
const WRITE_BUFFER_BYTES_MIN = 256 * 1024

/** What the state host may take up. */
export interface StateHostBudget {
  readonly writeBufferBytes: number
  readonly writeBuffersMax: number
  readonly cacheBytes: number
}

export interface MemoryBudget {
  readonly heapMbPerSlot: number
  /** State of one slot that stays in memory; what is beyond goes to disk. undefined: all of it stays. */
  readonly stateMbPerSlot: number | undefined
  readonly networkMb: number
  /** Network buffers of all slots together. */
  readonly buffers: number
  /** undefined: state has no disk. */
  readonly stateHost: StateHostBudget | undefined
  readonly text: string
}

type Sizes = Pick<
  Settings,
  | 'memorySizeMb'
  | 'bufferPoolSize'
  | 'bufferSizeBytes'
  | 'taskSlots'
  | 'networkMemoryFraction'
  | 'managedMemoryFraction'
  | 'stateBackend'
  | 'rocksdbWriteBufferSizeBytes'
  | 'rocksdbMaxWriteBuffers'
  | 'rocksdbBlockCacheSizeBytes'
>

/**
 * Divides MEMORY_SIZE: network buffers, the process, the state host, and the rest as the heap limits of the slots' threads,
 * in which their state has its room. MANAGED_MEMORY_FRACTION bounds the state host and these rooms together,
 * NETWORK_MEMORY_FRACTION the network buffers.
 */
export function memoryBudget(settings: Sizes): MemoryBudget {
  const { memorySizeMb, taskSlots, bufferSizeBytes } = settings
  const networkBytesMax = memorySizeMb * MB * settings.networkMemoryFraction
  const buffers = Math.max(16, Math.min(settings.bufferPoolSize, Math.floor(networkBytesMax / bufferSizeBytes)))
  const networkMb = Math.ceil((buffers * bufferSizeBytes) / MB)
  const managedMb = memorySizeMb * settings.managedMemoryFraction
  const stateHost = settings.stateBackend === 'rocksdb' ? stateHostBudget(settings, (managedMb * MB) / 2) : undefined
  const hostMb =
    stateHost === undefined
      ? 0
      : Math.ceil((stateHost.writeBufferBytes * stateHost.writeBuffersMax + stateHost.cacheBytes) / MB)
  const processMb = PROCESS_MB + taskSlots * THREAD_MB + (stateHost === undefined ? 0 : STATE_HOST_MB)
  const left = memorySizeMb - networkMb - processMb - hostMb
  const heapMbPerSlot = Math.max(HEAP_MB_MIN, Math.floor(left / taskSlots))
  const stateMbPerSlot =
    stateHost === undefined
      ? undefined
      : Math.max(
          STATE_MB_MIN,
          Math.floor(Math.min((managedMb - hostMb) / taskSlots, heapMbPerSlot * STATE_SHARE_OF_HEAP)),
        )
  const stateText = stateMbPerSlot === undefined ? '' : ` (${stateMbPerSlot} MB of it for state)`
  const hostText = stateHost === undefined ? '' : ` + ${hostMb} MB state host`
  const text = `${memorySizeMb} MB = ${taskSlots} slots × ${heapMbPerSlot} MB heap${stateText} + ${networkMb} MB network buffers${hostText} + ${processMb} MB for the process`
  return { heapMbPerSlot, stateMbPerSlot, networkMb, buffers, stateHost, text }
}

/** As set, or in proportion smaller where there is less memory. */
function stateHostBudget(settings: Sizes, bytesMax: number): StateHostBudget {
  const writeBuffersMax = settings.rocksdbMaxWriteBuffers
  const buffersMax = bytesMax / 2
  const writeBufferBytes = Math.floor(
    Math.max(WRITE_BUFFER_BYTES_MIN, Math.min(settings.rocksdbWriteBufferSizeBytes, buffersMax / writeBuffersMax)),
  )
  const rest = Math.max(0, bytesMax - writeBufferBytes * writeBuffersMax)
  return {
    writeBufferBytes,
    writeBuffersMax,
    cacheBytes: Math.floor(Math.min(settings.rocksdbBlockCacheSizeBytes, rest)),
  }
}
