import type { Settings } from '@weir/process/settings'

/** What the process itself takes up before any job: main and network thread, code, gRPC. */
const PROCESS_MB = 160
/** An isolate with the engine in it, beside its heap. */
const THREAD_MB = 12
const HEAP_MB_MIN = 48

export interface MemoryBudget {
  readonly heapMbPerSlot: number
  readonly networkMb: number
  readonly text: string
}

/** Divides MEMORY_SIZE: network buffers, the process, and the rest as the heap limits of the slots' threads. */
export function memoryBudget(
  settings: Pick<Settings, 'memorySizeMb' | 'bufferPoolSize' | 'bufferSizeBytes' | 'taskSlots'>,
): MemoryBudget {
  const { memorySizeMb, taskSlots } = settings
  const networkMb = Math.ceil((settings.bufferPoolSize * settings.bufferSizeBytes) / (1024 * 1024))
  const left = memorySizeMb - networkMb - PROCESS_MB - taskSlots * THREAD_MB
  const heapMbPerSlot = Math.max(HEAP_MB_MIN, Math.floor(left / taskSlots))
  const text = `${memorySizeMb} MB = ${taskSlots} slots × ${heapMbPerSlot} MB heap + ${networkMb} MB network buffers + ${PROCESS_MB + taskSlots * THREAD_MB} MB for the process`
  return { heapMbPerSlot, networkMb, text }
}
