/** The least job that shows all there is: a source, a step, a sink. It runs as it is. */
export const SKELETON = skeletonOf(`datagenSource<number>({ rowsPerSecond: 10, seed: 1, generator: index => index })`, {
  imports: ['datagenSource'],
  step: 'value => value * 2',
})

/** The same with another source, and a step that fits its records. */
export function skeletonOf(
  source: string,
  { imports, step }: { readonly imports: readonly string[]; readonly step: string },
): string {
  const names = ['collectSink', 'StreamExecutionEnvironment', ...imports]
    .sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase()))
    .join(', ')
  return `import { ${names} } from '@weir/sdk'

const env = new StreamExecutionEnvironment('my-pipeline')

env
  .addSource(${source})
  .map(${step})
  .addSink(collectSink())

export default env
`
}

/** Whether a text holds nothing but space and comments. */
export function isBlank(text: string): boolean {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').trim() === ''
}
