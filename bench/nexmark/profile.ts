/** What of Node's inspector is used here. */
interface Session {
  connect(): void
  post(method: string, callback?: (error: Error | null, result: { profile: unknown }) => void): void
}

interface NodeProcess {
  getBuiltinModule(name: 'node:inspector'): { Session: new () => Session }
  getBuiltinModule(name: 'node:fs'): { writeFileSync(file: string, text: string): void }
}

let session: Session | undefined

/**
 * Begins a CPU profile of this slot's thread. From within the job, since the threads of slots do not take the TaskManager's
 * own `--cpu-prof`; jobs import no modules of Node, but a slot's thread has them.
 */
export function startProfile(): void {
  if (session !== undefined) return
  session = new (node().getBuiltinModule('node:inspector').Session)()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.start')
}

/** Writes the profile. The inspector calls back at once. */
export function writeProfile(folder: string): void {
  const ending = session
  session = undefined
  ending?.post('Profiler.stop', (error, result) => {
    if (error !== null) throw error
    const file = `${folder}/slot-${Date.now()}-${Math.random().toString(36).slice(2, 6)}.cpuprofile`
    node().getBuiltinModule('node:fs').writeFileSync(file, JSON.stringify(result.profile))
  })
}

function node(): NodeProcess {
  return process as unknown as NodeProcess
}
