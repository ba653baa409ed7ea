import type { Problem } from '@weir/engine/base/errors'
import { SourcePositions } from './map-stack.ts'

/**
 * The places where a bundle would load a module at run time by a name that only then is known: `import(name)`,
 * `require(name)`. esbuild turns both into calls of its helper `__require`, which it puts in for nothing else.
 */
export function findDynamicLoads(code: string, sourceMap: string): Problem[] {
  if (!/^var __require = /m.test(code)) return []
  const positions = new SourcePositions(sourceMap)
  const problems: Problem[] = []
  const lines = code.split('\n')
  const helperEnd = lines.findIndex(
    (line, i) => i > lines.findIndex(l => l.startsWith('var __require = ')) && line === '});',
  )
  for (const [index, text] of lines.entries()) {
    if (index <= helperEnd) continue
    for (const call of text.matchAll(/\b__require\b/g)) {
      const place = positions.find(index + 1, call.index)
      problems.push({
        message:
          'a module cannot be loaded at run time by import() or require(); use import statements at the top of the file',
        ...place,
      })
    }
  }
  return problems
}
