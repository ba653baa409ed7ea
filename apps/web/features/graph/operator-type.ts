import type { OperatorKind } from '@weir/proto/web/pipeline'

/** What a type of operator is about, for its icon. */
export type OperatorFamily =
  | 'file-source'
  | 'file-sink'
  | 'generator'
  | 'collection'
  | 'topic'
  | 'database'
  | 'web'
  | 'rows'
  | 'print'
  | 'nothing'
  | 'map'
  | 'filter'
  | 'split'
  | 'reduce'
  | 'sum'
  | 'count'
  | 'average'
  | 'minimum'
  | 'maximum'
  | 'process'
  | 'async'
  | 'state'
  | 'window'
  | 'time'
  | 'join'
  | 'connect'
  | 'broadcast'
  | 'union'
  | 'source'
  | 'sink'
  | 'transform'

/** The first rule one of whose words is in the type's name decides: what it is about comes before how it does it. */
const RULES: readonly (readonly [OperatorFamily, readonly string[]])[] = [
  ['generator', ['datagen', 'generator', 'sequence']],
  ['collection', ['collection', 'elements']],
  ['topic', ['kafka', 'topic', 'queue']],
  ['database', ['postgres', 'sql', 'jdbc', 'database']],
  ['web', ['http', 'webhook', 'socket']],
  ['print', ['print']],
  ['rows', ['collect']],
  ['nothing', ['blackhole', 'discard']],
  ['join', ['join', 'group']],
  ['broadcast', ['broadcast']],
  ['connect', ['co', 'connect', 'connected']],
  ['union', ['union']],
  ['async', ['async']],
  ['state', ['stateful', 'state']],
  ['window', ['window', 'windowed']],
  ['time', ['timestamps', 'watermarks', 'watermark']],
  ['split', ['flat']],
  ['filter', ['filter']],
  ['map', ['map']],
  ['reduce', ['reduce', 'fold']],
  ['sum', ['sum', 'aggregate']],
  ['count', ['count']],
  ['average', ['avg', 'average']],
  ['minimum', ['min']],
  ['maximum', ['max']],
  ['process', ['process']],
]

/** The family of a type; of one that was made after this, by the words of its name, else by what it is in the graph. */
export function familyOf(type: string, kind?: OperatorKind): OperatorFamily {
  const words = typeWords(type).split(' ')
  if (words.includes('file')) return words.includes('sink') || kind === 'sink' ? 'file-sink' : 'file-source'
  const found = RULES.find(([, any]) => any.some(word => words.includes(word)))
  if (found !== undefined) return found[0]
  if (words.includes('source')) return 'source'
  return words.includes('sink') ? 'sink' : (kind ?? 'transform')
}

/** The name of a type as people write it: `keyedProcess` is `keyed process`. */
export function typeWords(type: string): string {
  return type
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[\s_-]+/g, ' ')
    .trim()
    .toLowerCase()
}
