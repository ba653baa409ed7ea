import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { Logger } from '@weir/process/logging'
import type { Template } from '@weir/proto/web/drafts'
import type { JobPreparer } from '../dispatcher/ports.ts'
import { pipelineView } from '../views/pipeline-view.ts'
import type { ExampleData } from './example-data.ts'
import { templateHeader } from './template-header.ts'

export interface TemplateCatalogParts {
  /** The folder `examples` of the project: every .ts file in it is a template. */
  readonly folder: string
  readonly preparer: JobPreparer
  readonly data: ExampleData
  readonly isBounded: (graph: JobGraph) => boolean
  readonly logger: Logger
}

/** Id of the template that somebody new runs first. */
const FIRST = 'word-count'
const STARTERS = 2

/** By id and content: an example that was changed is prepared anew. */
interface Prepared {
  readonly hash: string
  /** Null: this version cannot run it, or (then it is not kept) could not look at it in time. */
  readonly template: Template | null
  readonly isKept: boolean
}

/** The examples as templates, drawn by the preparation that a submission gets. */
export class TemplateCatalog {
  readonly #parts: TemplateCatalogParts
  readonly #prepared = new Map<string, Promise<Prepared>>()

  constructor(parts: TemplateCatalogParts) {
    this.#parts = parts
  }

  /** In the order of their titles, small ones that need no files first. */
  async list(): Promise<readonly Template[]> {
    return this.#templates(await this.#fileNames(), Number.POSITIVE_INFINITY)
  }

  /** The first one to run, and one more: what a new cluster shows, long before the others have been prepared. */
  async starters(): Promise<readonly Template[]> {
    const names = await this.#fileNames()
    const isFirst = (name: string): boolean => idOf(name) === FIRST
    return this.#templates([...names.filter(isFirst), ...names.filter(name => !isFirst(name))], STARTERS)
  }

  /** What a draft begins with; its input is there afterwards. NOT_FOUND for an id that is no template. */
  async source(id: string): Promise<Pick<Template, 'title' | 'fileName' | 'source'>> {
    const names = (await readdir(this.#parts.folder)).filter(isExample)
    const name = names.find(file => idOf(file) === id)
    const template = name === undefined ? null : await this.#template(name)
    if (template === null) throw new WeirError('NOT_FOUND', `there is no template ${JSON.stringify(id.slice(0, 40))}`)
    const { title, fileName, source } = template
    return { title, fileName, source: await this.#parts.data.withInput(source) }
  }

  /** Of the examples, in the order of the list: by their heads alone, which costs no preparation. */
  async #fileNames(): Promise<string[]> {
    const names = (await readdir(this.#parts.folder)).filter(isExample)
    const heads = await Promise.all(
      names.map(async name => ({
        name,
        ...templateHeader(await readFile(join(this.#parts.folder, name), 'utf8'), idOf(name)),
      })),
    )
    return heads.sort((a, b) => rank(a) - rank(b) || a.title.localeCompare(b.title, 'en')).map(({ name }) => name)
  }

  async #templates(names: readonly string[], countMax: number): Promise<readonly Template[]> {
    const templates: Template[] = []
    for (const name of names) {
      if (templates.length >= countMax) break
      const template = await this.#template(name)
      if (template !== null) templates.push(template)
    }
    return templates
  }

  async #template(fileName: string): Promise<Template | null> {
    const source = await readFile(join(this.#parts.folder, fileName), 'utf8')
    const hash = createHash('sha256').update(source).digest('hex')
    const known = await this.#prepared.get(fileName)
    if (known?.hash === hash) return known.template
    const preparing = this.#prepare(fileName, source).then(prepared => ({ hash, ...prepared }))
    this.#prepared.set(fileName, preparing)
    try {
      const { template, isKept } = await preparing
      if (!isKept) this.#prepared.delete(fileName)
      return template
    } catch (error) {
      this.#prepared.delete(fileName)
      throw error
    }
  }

  async #prepare(fileName: string, source: string): Promise<Omit<Prepared, 'hash'>> {
    const { preparer, isBounded, logger } = this.#parts
    const id = idOf(fileName)
    try {
      const { graph, places } = await preparer.prepareJob({ source, fileName })
      const template = {
        id,
        ...templateHeader(source, id),
        fileName,
        source,
        pipeline: pipelineView(graph, places),
        bounded: isBounded(graph),
      }
      return { template, isKept: true }
    } catch (thrown) {
      const error = WeirError.from(thrown)
      // Too busy, or shutting down: the example itself may be sound.
      if (error.domain !== 'user' || error.code === 'CONFLICT') throw error
      logger.warn({ err: error }, `the example ${fileName} does not run in this version: ${error.message}`)
      // A limit of time may have been too short for a busy machine.
      return { template: null, isKept: error.code !== 'JOB_LIMIT' }
    }
  }
}

function isExample(name: string): boolean {
  return name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts')
}

function idOf(fileName: string): string {
  return fileName.replace(/\.ts$/, '')
}

/** Whoever is new begins with what shows something at once. */
function rank(template: Pick<Template, 'tags'>): number {
  return template.tags.includes('files') ? 1 : 0
}
