import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Entry {
  readonly version?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly integrity?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly hasInstallScript?: boolean
}

const root = join(import.meta.dirname, '..')
const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
const { packages } = JSON.parse(text) as { packages: Record<string, Entry> }

/** Systems on which Weir is meant to be installed. npm installs only what the lockfile names, whatever the system is. */
const OTHER_SYSTEMS = /[-/](darwin|win32|windows)-(64|x64|arm64)(-msvc)?$/

test('native parts are locked for every system, at the version that is asked for', () => {
  const wanted = Object.values(packages).flatMap(entry =>
    Object.entries(entry.optionalDependencies ?? {}).filter(([name]) => OTHER_SYSTEMS.test(name)),
  )
  expect(wanted.map(([name]) => name)).toEqual(
    expect.arrayContaining(['@next/swc-darwin-arm64', '@next/swc-win32-x64-msvc', '@turbo/darwin-64']),
  )
  expect(wanted.filter(([name]) => packages[`node_modules/${name}`] === undefined)).toEqual([])
  const exact = wanted.filter(([, version]) => /^\d/.test(version))
  expect(exact.filter(([name, version]) => packages[`node_modules/${name}`]?.version !== version)).toEqual([])
})

test('no package is tied to the host it once came from', () => {
  expect(Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)).toEqual(
    [],
  )
})

test('every package with an install script is allowed or refused by name', () => {
  const { allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { allowScripts: object }
  const named = Object.keys(allowScripts)
  const withScripts = Object.entries(packages).filter(([, entry]) => entry.hasInstallScript === true)
  const names = withScripts.map(([path]) => path.split('node_modules/').at(-1) ?? '')
  expect(names.filter(name => !named.includes(name))).toEqual([])
})
