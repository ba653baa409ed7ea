/**
 * The layers of ARCHITECTURE.md as a table, and a checker of one source file against it. Pure, so that the checker
 * itself is tested on made-up sources.
 */
import { isBuiltin } from 'node:module'
import { dirname, join, normalize } from 'node:path/posix'
import { parseSync } from 'vite'

const GROUND = ['engine/base']
const RECORDS = [...GROUND, 'engine/record', 'engine/graph', 'engine/functions']
const MIDDLE = [...RECORDS, 'engine/window', 'engine/checkpoint', 'engine/network', 'engine/time', 'engine/state']
const OPERATORS = [...MIDDLE, 'engine/operators']
const ENGINE = [...OPERATORS, 'engine/api', 'engine/task']
const APP = [
  ...ENGINE,
  'connectors',
  'control',
  'sdk',
  'submission',
  'local-runner',
  'process',
  'state-host',
  'proto',
  'proto/web',
]

/**
 * What each folder may import beside itself. What is not in the table is not part of the design: a new folder gets its
 * place here first.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // ground
  'engine/base': [],
  proto: [...GROUND, 'proto/web'],
  // what web app and JobManager say to each other: goes into browsers, so nothing that needs Node
  'proto/web': GROUND,
  // layer 1: side by side
  'engine/record': GROUND,
  'engine/graph': GROUND,
  'engine/functions': GROUND,
  // layer 2: side by side, but that windows are made of time and state
  'engine/checkpoint': RECORDS,
  'engine/network': RECORDS,
  'engine/time': RECORDS,
  'engine/state': RECORDS,
  'engine/window': [...RECORDS, 'engine/time', 'engine/state'],
  // layer 3
  'engine/operators': MIDDLE,
  // layer 4: these two meet only in graph/
  'engine/api': OPERATORS,
  'engine/task': OPERATORS,
  // helpers of tests
  'engine/testing': ENGINE,
  // layer 5
  connectors: ENGINE,
  control: ENGINE,
  // layer 6
  sdk: [...ENGINE, 'connectors', 'control'],
  submission: [...ENGINE, 'connectors', 'sdk'],
  // a job in one process: plugs JobMaster and tasks together, and so is on the way to being an app
  'local-runner': [...ENGINE, 'connectors', 'control', 'sdk', 'submission', 'process', 'state-host'],
  // the thread that owns the state on disk, for whoever runs slots
  'state-host': MIDDLE,
  // beside the layers: what the processes of Weir have in common; node-text-codec implements an interface of record
  process: [...GROUND, 'engine/record'],
  // layer 7: apps never import one another
  // scripts: the steps that a person sees, which begin before anything is built
  'apps/cli': [...APP, 'scripts'],
  'apps/cluster': [...APP, 'scripts'],
  'apps/jobmanager': APP,
  'apps/taskmanager': APP,
  // pages: what they take in must also stand among the inputs of their build in turbo.json
  'apps/web': [...GROUND, 'proto/web'],
  // the process that serves the pages
  'apps/web/server': [...GROUND, 'engine/record', 'process'],
}

/** Where an import of types alone is allowed beyond the table. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  // the type of the tRPC router
  'apps/web': ['apps/jobmanager'],
  // proto is ground, and its words are for all; its code speaks gRPC over Node's sockets and stays out of what is pure
  'engine/task': ['proto'],
  control: ['proto', 'proto/web'],
}

/** These reach the world only through engine/base/platform: no module of Node, no clock, timer or random source. */
function mustBePure(unit: string): boolean {
  return unit.startsWith('engine/') || unit === 'control'
}

const FORBIDDEN_GLOBALS = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'process',
  'crypto',
  'require',
  'fetch',
])
const FORBIDDEN_MEMBERS = new Set(['Date.now', 'Math.random'])

export interface Violation {
  readonly file: string
  readonly line: number
  readonly what: string
}

/** Tests may see all: they stand beside what they test, or in a folder of helpers. */
export function isTestFile(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || /^(packages|apps)\/[^/]+\/(test|src\/(.+\/)?testing)\//.test(path)
}

/** The row of the table that a file belongs to; null for files that no rule is about. */
export function unitOf(path: string): string | null {
  const engine = /^packages\/engine\/src\/([^/]+)\//.exec(path)
  if (engine !== null) return `engine/${engine[1]}`
  if (path.startsWith('packages/proto/src/web/')) return 'proto/web'
  if (path.startsWith('apps/web/server/')) return 'apps/web/server'
  const apart = /^(?:packages\/([^/]+)|(apps\/[^/]+))\//.exec(path)
  if (apart !== null) return apart[1] ?? apart[2]!
  return path.startsWith('scripts/') ? 'scripts' : null
}

/** The packages of this repository whose code a file takes in; those of which it takes types alone are left out. */
export function packagesTakenIn(path: string, source: string): string[] {
  return [...importsOf(parse(path, source))]
    .filter(found => !found.typeOnly)
    .flatMap(found => /^@weir\/[^/]+/.exec(found.specifier)?.[0] ?? [])
}

/** Everything in one file that breaks a rule. `path` is relative to the root of the repository. */
export function checkFile(path: string, source: string): Violation[] {
  const unit = unitOf(path)
  if (unit === null || unit === 'scripts' || isTestFile(path)) return []
  const violations: Violation[] = []
  const report = (node: AstNode, what: string): void => {
    violations.push({ file: path, line: source.slice(0, node.start).split('\n').length, what })
  }
  const root = parse(path, source)
  if (MAY_IMPORT[unit] === undefined) report(root, `${unit} has no place in the table of layers`)
  else for (const found of importsOf(root)) checkImport(path, unit, found, report)
  if (mustBePure(unit)) checkPurity(unit, root, report)
  return violations
}

function parse(path: string, source: string): AstNode {
  const { program } = parseSync(path, source, { lang: path.endsWith('x') ? 'tsx' : 'ts', sourceType: 'module' })
  return program as unknown as AstNode
}

interface AstNode {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

interface FoundImport {
  readonly node: AstNode
  readonly specifier: string
  readonly typeOnly: boolean
}

type Report = (node: AstNode, what: string) => void

function checkImport(path: string, unit: string, found: FoundImport, report: Report): void {
  const { node, specifier, typeOnly } = found
  if (isBuiltin(specifier)) {
    if (mustBePure(unit))
      report(node, `${unit} imports ${specifier}: it reaches the world only through engine/base/platform`)
    return
  }
  const target = targetOf(path, specifier)
  if (target === null) return
  const to = unitOf(target)
  if (to === null) {
    report(node, `${unit} imports ${specifier}, which is outside of packages and apps`)
  } else if (isTestFile(target)) {
    report(node, `${unit} imports ${specifier}, which is there for tests`)
  } else if (to !== unit && !MAY_IMPORT[unit]!.includes(to)) {
    if (typeOnly && MAY_IMPORT_TYPES[unit]?.includes(to)) return
    report(node, `${unit} imports ${to} (${specifier}), which is not below it`)
  }
}

/** The path of what is imported; null for packages of others. */
function targetOf(path: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return normalize(join(dirname(path), specifier))
  const ours = /^@weir\/([^/]+)(?:\/(.+))?$/.exec(specifier)
  if (ours === null) return null
  const [, name, file] = ours
  // An app has no exports, but its name resolves in the workspace all the same.
  const group = MAY_IMPORT[`apps/${name}`] === undefined ? 'packages' : 'apps'
  return `${group}/${name}/src/${file ?? 'index'}`
}

function* importsOf(root: AstNode): Iterable<FoundImport> {
  for (const { node } of walk(root)) {
    const source = node.source as AstNode | null | undefined
    const specifier = source?.type === 'Literal' && typeof source.value === 'string' ? source.value : null
    if (specifier === null) continue
    if (node.type === 'ImportDeclaration') yield { node, specifier, typeOnly: node.importKind === 'type' }
    if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') {
      yield { node, specifier, typeOnly: node.exportKind === 'type' }
    }
    if (node.type === 'ImportExpression') yield { node, specifier, typeOnly: false }
    if (node.type === 'TSImportType') yield { node, specifier, typeOnly: true }
  }
}

function checkPurity(unit: string, root: AstNode, report: Report): void {
  const declared = declaredNames(root)
  for (const { node, parent, key, inType } of walk(root)) {
    if (inType) continue
    if (node.type === 'Identifier') {
      const name = String(node.name)
      if (!FORBIDDEN_GLOBALS.has(name) || declared.has(name) || isName(parent, key)) continue
      report(node, `${unit} uses ${name}: take it from engine/base/platform`)
    } else if (node.type === 'MemberExpression') {
      const member = memberName(node)
      if (member === null) continue
      const [object, property] = member
      if (
        FORBIDDEN_MEMBERS.has(`${object}.${property}`) ||
        (object === 'globalThis' && FORBIDDEN_GLOBALS.has(property))
      ) {
        report(node, `${unit} uses ${object}.${property}: take it from engine/base/platform`)
      }
    } else if (node.type === 'NewExpression' || node.type === 'CallExpression') {
      const callee = node.callee as AstNode
      const readsClock = node.type === 'CallExpression' || (node.arguments as unknown[]).length === 0
      if (callee.type === 'Identifier' && callee.name === 'Date' && readsClock) {
        report(node, `${unit} reads the clock by Date: take it from engine/base/platform`)
      }
    }
  }
}

/** `a.b` and `a['b']` as their two names. */
function memberName(node: AstNode): [string, string] | null {
  const object = node.object as AstNode
  const property = node.property as AstNode
  if (object.type !== 'Identifier') return null
  if (node.computed === true) return property.type === 'Literal' ? [String(object.name), String(property.value)] : null
  return [String(object.name), String(property.name)]
}

/** Whether an identifier is the name of a member rather than a reference to a variable. */
function isName(parent: AstNode | null, key: string): boolean {
  if (parent === null || parent.computed === true) return false
  return (
    key === 'property' ||
    (key === 'key' && parent.shorthand !== true) ||
    key === 'label' ||
    key === 'exported' ||
    key === 'imported'
  )
}

/** Names that a file declares itself: an operator may have a parameter called `process`. */
function declaredNames(root: AstNode): Set<string> {
  const names = new Set<string>()
  const add = (pattern: unknown): void => {
    for (const { node, parent, key } of walk(pattern as AstNode)) {
      if (node.type === 'Identifier' && !isName(parent, key)) names.add(String(node.name))
    }
  }
  for (const { node } of walk(root)) {
    if (node.type === 'VariableDeclarator') add(node.id)
    else if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) {
      if (node.id) add(node.id)
      for (const parameter of node.params as AstNode[])
        if (parameter.type === 'Identifier') names.add(String(parameter.name))
    } else if (/^Import(Default|Namespace)?Specifier$/.test(node.type)) add(node.local)
  }
  return names
}

/** Nodes that only say types: nothing in them runs. */
const TYPE_NODES =
  /^TS(TypeAnnotation|TypeAliasDeclaration|InterfaceDeclaration|TypeParameter(Declaration|Instantiation))$/

interface Visit {
  readonly node: AstNode
  readonly parent: AstNode | null
  /** The property of the parent that holds the node. */
  readonly key: string
  readonly inType: boolean
}

function* walk(node: AstNode, parent: AstNode | null = null, key = '', inType = false): Iterable<Visit> {
  yield { node, parent, key, inType }
  const below = inType || TYPE_NODES.test(node.type)
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child, node, name, below)
    }
  }
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
