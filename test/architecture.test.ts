import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')
const WEB = join(ROOT, 'web', 'src')
/** Written by `npm run openapi`. */
const GENERATED = join(WEB, 'api-types.ts')

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
const FUNCTION_LINES_MAX = 70

const files = listTypeScript(SRC)
const production = files.filter((file) => !file.endsWith('.test.ts'))
const dashboard = listTypeScript(WEB).filter((file) => file !== GENERATED)

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
    const long = [...files, ...dashboard].filter(
      (file) => readFileSync(file, 'utf8').split('\n').length > LINES_MAX,
    )
    expect(long.map((file) => relative(ROOT, file))).toEqual([])
    const misnamed = files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(baseName(file)))
    expect(misnamed.map((file) => relative(ROOT, file))).toEqual([])
    const defaults = production.filter((file) => /^export default\b/m.test(readFileSync(file, 'utf8')))
    expect(defaults).toEqual([])
  })

  it('has functions that are read at one glance', () => {
    const sample = 'function short() {\n}\nconst long = () => {\n\n\n}'
    expect(functionsOf('sample.ts', sample).map(({ lines }) => lines)).toEqual([2, 4])
    const long = [...production, ...dashboard]
      .flatMap((file) => functionsOf(file).map((one) => ({ ...one, file: relative(ROOT, file) })))
      .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
    expect(long).toEqual([])
  })
})

function listTypeScript(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
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

/** Every function with a body, and how many lines it takes. */
function functionsOf(file: string, text = readFileSync(file, 'utf8')) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1
  const found: { readonly line: number; readonly lines: number }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const line = lineOf(node.getStart(source))
      found.push({ line, lines: lineOf(node.end) - line + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function partOf(file: string): string {
  return relative(SRC, file).split(sep)[0] ?? ''
}

function baseName(file: string): string {
  return file.split(sep).at(-1) ?? ''
}
