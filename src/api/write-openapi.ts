import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { describedApi } from './described-api.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const FILE = join(ROOT, 'docs/openapi.json')

/** Writes docs/openapi.json from the routes' schemas; with --check only says whether it is up to date. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
  const text = `${JSON.stringify(await describedApi(versionOf(ROOT)), null, 2)}\n`
  if (!values.check) {
    writeFileSync(FILE, text)
    return
  }
  if (readIfPresent(FILE) === text) return
  console.error('docs/openapi.json does not match the API: run `npm run openapi` and commit what it writes.')
  process.exitCode = 1
}

function versionOf(root: string): string {
  const parsed: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const isPackage = typeof parsed === 'object' && parsed !== null && 'version' in parsed
  return isPackage ? String(parsed.version) : ''
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

await main()
