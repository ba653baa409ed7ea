import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `nobody`: rights of files mean nothing to root, so as root everything runs under this user. */
const UNPRIVILEGED = 65_534

export interface BadInputFolder {
  /** The folder around both others: WEIR_FILE_ROOTS. */
  readonly root: string
  readonly home: string
  readonly workdir: string
  /** Whom processes have to run as; nothing where that is this user already. */
  readonly user: { readonly uid?: number; readonly gid?: number }
  remove(): void
}

/**
 * A home and a work folder of an unprivileged user. In the work folder stand a readable file (`in/a.txt`), a folder and a
 * file that may not be read (`locked`, `locked.txt`), a folder that may not be written (`readonly`), and links that lead
 * into the home (`link`, `linked/token.txt`) and out of the root (`etc`).
 */
export function badInputFolder(): BadInputFolder {
  const isRoot = process.getuid?.() === 0
  const root = mkdtempSync(join(tmpdir(), 'weir-bad-input-'))
  const home = join(root, 'home')
  const workdir = join(root, 'work')
  chmodSync(root, 0o755)
  for (const path of [
    home,
    workdir,
    ...['in', 'linked', 'locked', 'readonly', 'jobs'].map(name => join(workdir, name)),
  ]) {
    mkdirSync(path)
    if (isRoot) chownSync(path, UNPRIVILEGED, UNPRIVILEGED)
  }
  writeFileSync(join(workdir, 'in/a.txt'), 'one\ntwo\n')
  writeFileSync(join(workdir, 'locked.txt'), 'secret\n', { mode: 0 })
  chmodSync(join(workdir, 'locked'), 0)
  chmodSync(join(workdir, 'readonly'), 0o555)
  symlinkSync(join(home, 'credentials'), join(workdir, 'link'))
  symlinkSync(join(home, 'credentials/admin-token'), join(workdir, 'linked/token.txt'))
  symlinkSync('/etc', join(workdir, 'etc'))
  return {
    root,
    home,
    workdir,
    user: isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {},
    remove() {
      chmodSync(join(workdir, 'locked'), 0o755)
      chmodSync(join(workdir, 'readonly'), 0o755)
      rmSync(root, { recursive: true, force: true })
    },
  }
}
