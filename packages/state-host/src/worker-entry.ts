import { existsSync } from 'node:fs'

/** A worker of this package: beside the bundle that this is part of, and in the sources as TypeScript. */
export function workerEntry(name: string): URL {
  const bundled = new URL(`./${name}.js`, import.meta.url)
  return existsSync(bundled) ? bundled : new URL(`./${name}.ts`, import.meta.url)
}
