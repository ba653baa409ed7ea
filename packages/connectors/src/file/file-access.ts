import { WeirError } from '@weir/engine/base/errors'

/** A failed file operation as FILE_ACCESS: what could not be done with which path, why, and what to do. */
export function fileAccess(action: string, path: string, thrown: unknown): WeirError {
  if (thrown instanceof WeirError) return thrown
  const code = codeOf(thrown)
  const reason = REASONS[code] ?? (thrown instanceof Error ? thrown.message : String(thrown))
  return new WeirError('FILE_ACCESS', `cannot ${action} ${path}: ${reason}`, { cause: thrown })
}

export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder; check the path (relative paths start at the work folder, WEIR_WORKDIR)',
  EACCES: 'permission denied; give the user that runs Weir the right to it',
  EPERM: 'the operation is not permitted; give the user that runs Weir the right to it',
  EROFS: 'the file system is read-only; use another folder',
  ENOTDIR: 'a part of the path is a file, not a folder; check the path',
  EISDIR: 'it is a folder, not a file; check the path',
  EEXIST: 'something else stands there; remove it, or use another path',
  ENOSPC: 'the disk is full; make room',
  EDQUOT: 'the disk quota is used up; make room',
  EMFILE: 'the process has too many open files; raise its limit (ulimit -n)',
  ELOOP: 'its symbolic links lead in a circle; check the path',
  ENAMETOOLONG: 'the path is too long; use a shorter one',
}
