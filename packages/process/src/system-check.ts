import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { WeirError } from '@weir/engine/base/errors'

export const NODE_MAJOR_MIN = 24

/** Throws where this process runs under a Node that is too old. */
export function checkNodeVersion(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= NODE_MAJOR_MIN) return
  throw new WeirError(
    'UNSUPPORTED',
    `this process runs under Node ${version}, but Weir needs Node ${NODE_MAJOR_MIN} or newer: start it by ./weir or npm start, ` +
      'which bring their own',
  )
}

/** What the check asks the system; replaced in tests. */
export interface SystemProbe {
  readonly platform: NodeJS.Platform
  /** Output of `ldconfig -p`, or null where it cannot be run. */
  readonly linkerCache: () => Promise<string | null>
  /** Folders where the dynamic linker looks. */
  readonly libraryFolders: () => readonly string[]
  readonly exists: (path: string) => boolean
}

const LIBATOMIC = 'libatomic.so.1'

/**
 * Throws SYSTEM_LIBRARY where libatomic is missing: the RocksDB binding links to it on Linux, and would fail with the
 * linker's words at its first use. Other systems have it in their base.
 */
export async function checkSystemLibraries(probe: SystemProbe = systemProbe): Promise<void> {
  if (probe.platform !== 'linux') return
  const cache = await probe.linkerCache()
  if (cache?.includes(LIBATOMIC)) return
  // A container image may have the library but no cache, or no ldconfig.
  if (probe.libraryFolders().some(folder => probe.exists(join(folder, LIBATOMIC)))) return
  throw new WeirError(
    'SYSTEM_LIBRARY',
    `the system library ${LIBATOMIC} is missing; the state on disk needs it. Install it: ` +
      'on Debian and Ubuntu "apt-get install libatomic1", on Fedora and RHEL "dnf install libatomic", ' +
      'on Alpine "apk add libatomic", on Arch it is part of "gcc-libs"',
  )
}

const run = promisify(execFile)

const systemProbe: SystemProbe = {
  platform: process.platform,
  linkerCache: async () => {
    for (const command of ['ldconfig', '/sbin/ldconfig', '/usr/sbin/ldconfig']) {
      try {
        return (await run(command, ['-p'], { timeout: 5000 })).stdout
      } catch (error) {
        // Not there (for this user): try the next place. Anything else ldconfig does wrong is no sign of the library.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return null
      }
    }
    return null
  },
  libraryFolders: () => {
    const folders = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/local/lib']
    // Debian's folders by architecture: /usr/lib/x86_64-linux-gnu and its kin.
    for (const folder of ['/lib', '/usr/lib']) {
      if (!existsSync(folder)) continue
      for (const entry of readdirSync(folder)) if (entry.includes('-linux-')) folders.push(join(folder, entry))
    }
    return [...folders, ...(process.env.LD_LIBRARY_PATH ?? '').split(':').filter(part => part !== '')]
  },
  exists: existsSync,
}
