/**
 * Where a worker's entry is: in the sources TypeScript at `source`, relative to the module whose `import.meta.url` is given;
 * in an app's bundle, where every worker stands beside the main file, JavaScript of the same name.
 */
export function workerEntry(moduleUrl: string, source: string): URL {
  if (moduleUrl.endsWith('.ts')) return new URL(source, moduleUrl)
  const name = source.slice(source.lastIndexOf('/') + 1).replace(/\.ts$/, '')
  return new URL(`./${name}.js`, moduleUrl)
}
