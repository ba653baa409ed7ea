import { freezeRecord } from '../base/frozen-records.ts'
import { promiseRefused } from '../base/promises.ts'
import { isInlinable } from '../operators/inlinable.ts'
import type { ChainDriver, ChainedOperator, ChainTargets, Probe } from './chain-plan.ts'
import type { FlowState } from './flow-state.ts'
import { locateError } from './locate-error.ts'

/**
 * Joins the operators of a chain by generated code: one driver loop for the head, and one function for each output of an
 * operator that is not inlined. Stateless one-to-one operators (map, filter) are inlined into whichever function feeds
 * them, so a run of them costs nothing between its parts.
 *
 * In each function `r` is the record that is on its way, for the error if there is one.
 *
 * With `freeze`, every record is frozen when it leaves an operator (see base/frozen-records.ts).
 *
 * The source has a comment of its own for each chain: V8 shares feedback between functions of one source text, and chains
 * with different functions in them would spoil it for one another.
 */
export function compileChain(
  chain: readonly ChainedOperator[],
  flow: FlowState,
  probe: Probe,
  identity: string,
  freeze = false,
): ChainDriver {
  const source = chainSource(chain, identity, freeze)
  const join = new Function('chain', 'flow', 'probe', 'locateError', 'promiseRefused', 'freezeRecord', source) as (
    chain: readonly ChainedOperator[],
    flow: FlowState,
    probe: Probe,
    locate: typeof locateError,
    refused: typeof promiseRefused,
    freezer: typeof freezeRecord,
  ) => ChainDriver
  return join(chain, flow, probe, locateError, promiseRefused, freezeRecord)
}

/**
 * Body of a function of (chain, flow, probe, locateError, promiseRefused, freezeRecord) that joins all outputs
 * and returns the driver.
 */
export function chainSource(chain: readonly ChainedOperator[], identity: string, freeze = false): string {
  const emitted = (value: string): string[] => (freeze ? [`freezeRecord(${value})`] : [])
  const lines: string[] = [`// chain ${identity.replaceAll(/[\r\n\u2028\u2029]/g, ' ')}`]
  const writers: string[] = []
  chain.forEach((chained, k) => {
    lines.push(`const op${k} = chain[${k}].operator, count${k} = chain[${k}].counters, out${k} = chain[${k}].output`)
    if (isInlinable(chained.operator)) lines.push(`const fn${k} = op${k}.fn`)
    chained.main.writers.forEach((_, w) => {
      writers.push(`const writer${k}_${w} = chain[${k}].main.writers[${w}]`)
    })
  })
  lines.push(...writers)

  /**
   * Statements that give `value` to the targets. `depth` keeps the names of nested values apart; `input` is the expression
   * for the number of the input that an operator is given it at, more than one only at the head.
   */
  const give = (
    targets: ChainTargets,
    writerName: (w: number) => string,
    value: string,
    depth: number,
    input = '0',
  ): string[] => {
    const statements: string[] = []
    for (const j of targets.operators) {
      const { operator, probeId } = chain[j]
      statements.push(`probe[0] = ${probeId}`, `r = ${value}`, `count${j}.recordsIn++`)
      if (!isInlinable(operator)) {
        statements.push(`op${j}.processElement(${value}, t, ${input})`)
        continue
      }
      const rest = (result: string) => [
        `count${j}.recordsOut++`,
        ...give(chain[j].main, w => `writer${j}_${w}`, result, depth + 1),
      ]
      if (operator.inline === 'map') {
        statements.push(
          `{ const v${depth} = fn${j}(${value})`,
          refusal(`v${depth}`, 'the function returned a promise'),
          ...emitted(`v${depth}`),
          ...rest(`v${depth}`),
          '}',
        )
      } else {
        statements.push(
          `{ const p${depth} = fn${j}(${value})`,
          `if (p${depth}) {`,
          refusal(`p${depth}`, 'the function returned a promise'),
          ...rest(value),
          '} }',
        )
      }
    }
    targets.writers.forEach((_, w) => {
      statements.push(`r = ${value}`, `${writerName(w)}.emit(${value}, t)`)
    })
    return statements
  }

  chain.forEach((chained, k) => {
    lines.push(
      `out${k}.collect = function (v, t) {`,
      `count${k}.recordsOut++`,
      'let r = v',
      // An operator may catch what user code throws: errors from further down are named before they reach it.
      'try {',
      refusal('v', 'a record that it emitted is a promise'),
      ...emitted('v'),
      ...give(chained.main, w => `writer${k}_${w}`, 'v', 1),
      '} catch (error) { throw locateError(error, chain, probe, [r]) }',
      `probe[0] = ${chained.probeId}`,
      '}',
    )
    let side = 0
    for (const [tag, targets] of chained.sides) {
      const name = `side${k}_${side++}`
      lines.push(`const ${name} = chain[${k}].sides.get(${JSON.stringify(tag)}).writers`)
      lines.push(
        `out${k}.joinSide(${JSON.stringify(tag)}, function (v, t) {`,
        'let r = v',
        'try {',
        refusal('v', 'a record that it emitted is a promise'),
        ...emitted('v'),
        ...give(targets, w => `${name}[${w}]`, 'v', 1),
        '} catch (error) { throw locateError(error, chain, probe, [r]) }',
        `probe[0] = ${chained.probeId}`,
        '})',
      )
    }
  })

  const head: ChainTargets = { operators: [0], writers: [] }
  lines.push(
    'return function run(values, timestamps, from, to, input) {',
    'let r',
    'try {',
    'for (let i = from; i < to; i++) {',
    'const v = values[i], t = timestamps[i]',
    ...give(head, () => '', 'v', 1, 'input'),
    'if (flow.blocked) return i + 1',
    '}',
    'return to',
    '} catch (error) { throw locateError(error, chain, probe, [r]) }',
    '}',
  )
  return lines.join('\n')
}

/**
 * Whether there is a `then` is asked first: V8 answers that from the shape of the record. `instanceof` walks its prototypes,
 * which is a use for which a record has to exist in memory that V8 would otherwise never make.
 */
function refusal(value: string, found: string): string {
  return `if (${value}?.then !== undefined && ${value} instanceof Promise) throw promiseRefused(${value}, ${JSON.stringify(found)})`
}
