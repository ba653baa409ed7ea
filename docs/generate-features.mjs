// Writes docs/features.md from features-table.mjs: see generate.mjs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { FEATURES } from './features-table.mjs'
import { cell, table, writePage } from './write-page.mjs'

const root = join(import.meta.dirname, '..')

/** "there" and "partly" are claims, so each names a test; what is not there has none. */
function checkRow([id, item, status, ...proofs]) {
  if (!/^(there|not yet|partly: .+)$/.test(status))
    throw new Error(`features-table.mjs: ${id} has the status "${status}"`)
  if ((status === 'not yet') !== (proofs.length === 0)) {
    throw new Error(`features-table.mjs: ${id} is "${status}" with ${proofs.length} proofs`)
  }
  for (const proof of proofs) {
    if (!/\.test\.ts$|^\.ci\/|^docs\//.test(proof) || !existsSync(join(root, proof))) {
      throw new Error(`features-table.mjs: the proof ${proof} of ${id} (${item}) is no test that exists`)
    }
  }
}

function link(proof) {
  return `[${proof.split('/').at(-1)}](../${proof})`
}

function section({ letter, title, note, rows }) {
  for (const row of rows) checkRow(row)
  const cells = rows.map(([id, item, status, ...proofs]) => [id, cell(item), cell(status), proofs.map(link).join(', ')])
  const noteLines = note === undefined ? [] : [note, '']
  return ['', `## ${letter} ${title}`, '', ...noteLines, ...table(['ID', 'Item', 'Status', 'Proof'], cells)]
}

const all = FEATURES.flatMap(({ rows }) => rows)
const ids = new Set(all.map(([id]) => id))
if (ids.size !== all.length) throw new Error('features-table.mjs: an id stands twice')
const count = pattern => all.filter(([, , status]) => pattern.test(status)).length

writePage('features.md', [
  '# Features, and the test that proves each',
  '',
  '<!-- Made by docs/generate-features.mjs from docs/features-table.mjs: change that, not this. -->',
  '',
  'Everything that Weir is meant to do. **there**: done, and the tests beside it prove it. **partly**: what is said is done',
  'and proven, the rest is not. **not yet**: not there, or without a test. ★ is a headline promise.',
  '',
  `${count(/^there$/)} of ${all.length} are there, ${count(/^partly/)} partly, ${count(/^not yet$/)} not yet.`,
  ...FEATURES.flatMap(section),
])
