import type { Template } from '@weir/proto/web/drafts'
import { describe, expect, it } from 'vitest'
import { chosenTemplates, tagsOf } from './choose-templates.ts'

function template(id: string, title: string, tags: readonly string[], operator: string): Template {
  const view = {
    uid: operator,
    type: operator,
    kind: 'source',
    name: operator,
    detail: '',
    parallelism: 1,
    vertexId: operator,
    place: null,
  } as const
  return {
    id,
    title,
    tags,
    sentence: '',
    fileName: `${id}.ts`,
    source: '',
    bounded: true,
    pipeline: { name: id, parallelism: 1, maxParallelism: 128, operators: [view], edges: [] },
  }
}

const ALL = [
  template('word-count', 'Word Count', ['windows', 'files'], 'datagen'),
  template('quakes', 'Earthquakes', ['event time', 'windows'], 'fileSource'),
]

describe('templates', () => {
  it('are found by title, tag and operator, every word of the search', () => {
    expect(chosenTemplates(ALL, 'word FILES', null).map(({ id }) => id)).toEqual(['word-count'])
    expect(chosenTemplates(ALL, 'filesource', null).map(({ id }) => id)).toEqual(['quakes'])
    expect(chosenTemplates(ALL, '', null)).toHaveLength(2)
  })

  it('are chosen by a tag', () => {
    expect(chosenTemplates(ALL, '', 'event time').map(({ id }) => id)).toEqual(['quakes'])
    expect(chosenTemplates(ALL, 'word', 'event time')).toEqual([])
  })

  it('name their tags, the most frequent first', () => {
    expect(tagsOf(ALL)).toEqual(['windows', 'event time', 'files'])
  })
})
