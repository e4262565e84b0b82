import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ACCESS } from '../../src/api/access-table.ts'
import { describedApi } from '../../src/api/described-api.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** Not described: better-auth's own, the files of the dashboard, Prometheus' text, and the document itself. */
const UNDESCRIBED = ['/api/auth/*', '/*', '/metrics', '/api/v1/openapi.json']

type Operation = { summary?: string; description?: string; security?: unknown; responses: object }
type Document = { openapi: string; paths: Record<string, Record<string, Operation>>; components: object }

async function described(): Promise<Document> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return JSON.parse(JSON.stringify(await describedApi(version)))
}

describe('docs/openapi.json', () => {
  it('is what the routes say', async () => {
    const committed = JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8'))
    expect(committed).toEqual(await described())
  })

  it('describes every route, who may call it, and its errors', async () => {
    const { openapi, paths } = await described()
    expect(openapi).toBe('3.1.0')
    for (const [key, access] of Object.entries(ACCESS)) {
      const [method = '', url = ''] = key.split(' ')
      if (UNDESCRIBED.includes(url)) continue
      const operation = paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      expect(operation?.summary, key).toBeTruthy()
      expect(operation?.responses, key).toHaveProperty('default')
      if (access === 'public') expect(operation?.security, key).toEqual([])
      else expect(operation?.description, key).toBe(`Access: ${access}.`)
    }
  })

  it('refers to no schema that it does not have', async () => {
    const document = await described()
    const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    )
    expect(names.length).toBeGreaterThan(20)
    const known = Object.keys('schemas' in document.components ? Object(document.components.schemas) : {})
    expect(names.filter((name) => !known.includes(name ?? ''))).toEqual([])
  })

  it('is checked by the script', () => {
    const script = join(ROOT, 'src/api/write-openapi.ts')
    const result = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8', timeout: 30_000 })
    expect(result.stderr).toBe('')
    expect(result.status).toBe(0)
  })
})
