import { isAbsolute, join, relative, sep } from 'node:path'

/**
 * How somebody in `folder` calls the command line of the clone, ready to be typed: `./weir` in the clone itself, by the
 * shorter of both paths elsewhere. The name alone is never enough: it is not on the search path of shells.
 */
export function weirCommand(clone: string, folder: string): string {
  const path = join(clone, 'weir')
  const way = relative(folder, path)
  const isBelow = !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`)
  const command = isBelow ? `.${sep}${way}` : way.length < path.length ? way : path
  return /^[\w./@+-]+$/.test(command) ? command : `'${command.replaceAll("'", `'\\''`)}'`
}

/** The folder of the person: npm runs scripts in the folder of their package, wherever they were called. */
export function folderOfCaller(env: NodeJS.ProcessEnv, cwd: string): string {
  return env.npm_lifecycle_event === undefined ? cwd : (env.INIT_CWD ?? cwd)
}
