import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')

/** Which folders of src/ a folder may import, besides itself. Read beside the drawing in ARCHITECTURE.md. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  journal: ['domain'],
  ledger: ['domain', 'journal'],
  store: ['domain'],
  edge: ['domain', 'journal'],
  catalogue: ['domain'],
  conversions: ['domain', 'store', 'ledger'],
  delivery: ['domain', 'store'],
  reports: ['domain', 'ledger'],
  corrections: ['domain', 'store', 'ledger', 'reports'],
  optimization: ['domain', 'store', 'ledger', 'reports'],
  billing: ['domain', 'store', 'ledger', 'reports'],
  alerts: ['domain', 'store', 'ledger', 'reports'],
  retention: ['domain', 'store', 'ledger'],
  api: [
    'domain',
    'store',
    'conversions',
    'delivery',
    'reports',
    'corrections',
    'optimization',
    'billing',
    'alerts',
    'retention',
    'catalogue',
  ],
  cli: [
    'domain',
    'journal',
    'ledger',
    'store',
    'edge',
    'conversions',
    'delivery',
    'reports',
    'corrections',
    'optimization',
    'billing',
    'alerts',
    'retention',
    'catalogue',
    'api',
    'config.ts',
    'server.ts',
  ],
}
/** Files directly under src/: what joins the parts, and the reader of the environment. */
const ROOT_FILES = ['config.ts', 'open-core.ts', 'server.ts']
const LINES_MAX = 400

const files = listTypeScript(SRC)
const production = files.filter((file) => !file.endsWith('.test.ts'))

describe('the layout', () => {
  it('has every folder of the table and no other, with files in each', () => {
    const folders = readdirSync(SRC, { withFileTypes: true })
    const names = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
    expect(names.sort()).toEqual(Object.keys(ALLOWED).sort())
    for (const name of names) {
      expect(
        readdirSync(join(SRC, name), { recursive: true }).length,
        `src/${name} is empty`,
      ).toBeGreaterThan(0)
    }
    const rootFiles = folders.filter((entry) => entry.isFile()).map((entry) => entry.name)
    expect(rootFiles.filter((name) => !name.endsWith('.test.ts')).sort()).toEqual(ROOT_FILES)
  })

  it('sees every file and the imports in them', () => {
    expect(production.length).toBeGreaterThan(80)
    const imports = production.flatMap((file) => importsOf(file))
    expect(imports.length).toBeGreaterThan(production.length)
    // The three forms are recognised, so that none can slip past the table.
    const sample = `import './a.ts'; import type { X } from './b.ts'; export * from './c.ts'; await import('./d.ts')`
    expect(specifiersOf('sample.ts', sample)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts'])
  })

  it('lets a folder import only what the table allows', () => {
    const crossings = production.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith(SRC + sep))
        .map((target) => ({ file: relative(SRC, file), from: partOf(file), to: partOf(target) }))
        .filter(({ from, to }) => from !== to && !ROOT_FILES.includes(from) && !ALLOWED[from]?.includes(to)),
    )
    expect(crossings).toEqual([])
  })

  it('keeps domain free of packages, of node and of the clock', () => {
    const domain = production.filter((file) => partOf(file) === 'domain')
    const outside = domain.flatMap((file) => specifiersOf(file).filter((name) => !name.startsWith('.')))
    expect(outside).toEqual([])
    const impure = domain.filter((file) =>
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.\w|\bglobalThis\b/.test(
        readFileSync(file, 'utf8'),
      ),
    )
    expect(impure.map((file) => relative(ROOT, file))).toEqual([])
  })

  it('reads process.env in config.ts alone', () => {
    const readers = production.filter((file) => /\bprocess\.env\b/.test(readFileSync(file, 'utf8')))
    expect(readers.map((file) => relative(SRC, file))).toEqual(['config.ts'])
  })

  it('keeps Kysely inside store', () => {
    const outsiders = production.filter(
      (file) =>
        !['store', 'conversions', 'delivery', 'api'].includes(partOf(file)) &&
        specifiersOf(file).includes('kysely'),
    )
    expect(outsiders.map((file) => relative(SRC, file))).toEqual([])
  })

  it('has small files with kebab-case names and no default exports', () => {
    const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > LINES_MAX)
    expect(long.map((file) => relative(ROOT, file))).toEqual([])
    const misnamed = files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(baseName(file)))
    expect(misnamed.map((file) => relative(ROOT, file))).toEqual([])
    const defaults = production.filter((file) => /^export default\b/m.test(readFileSync(file, 'utf8')))
    expect(defaults).toEqual([])
  })
})

function listTypeScript(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

/** Absolute paths of the relative imports of a file. */
function importsOf(file: string): string[] {
  return specifiersOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => resolve(dirname(file), name))
}

/** Every module a file names: import, export from, side effect and dynamic import. */
function specifiersOf(file: string, text = readFileSync(file, 'utf8')): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((imported) => imported.fileName)
}

function partOf(file: string): string {
  return relative(SRC, file).split(sep)[0] ?? ''
}

function baseName(file: string): string {
  return file.split(sep).at(-1) ?? ''
}
