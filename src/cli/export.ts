import { request } from 'undici'
import { z } from 'zod'
import { ConfigError, loadConfig } from '../config.ts'

const LISTS = ['conversions', 'hits', 'deliveries', 'campaigns', 'offers'] as const
const PAGE_ITEMS = 200

const pageSchema = z.object({
  items: z.array(z.record(z.string(), z.unknown())),
  nextCursor: z.string().nullish(),
})

/**
 * `trailpost export`: a list of the API as CSV (RFC 4180) on standard output, page by page, so that the largest
 * list needs no more memory than the smallest.
 * @throws ConfigError when the list does not exist, or the server refuses.
 */
export async function runExport(what: string, options: { readonly key: string }): Promise<void> {
  if (!LISTS.some((list) => list === what))
    throw new ConfigError(`export: one of ${LISTS.join(', ')}, not "${what}"`)
  // Whoever reads may have seen enough (`| head`).
  process.stdout.on('error', () => process.exit(0))
  const base = `http://127.0.0.1:${loadConfig().dashboardPort}/api/v1/${what}`
  let columns: readonly string[] | undefined
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page = await readPage(base, cursor, options.key)
    columns ??= columnsOf(page.items)
    if (cursor === '' && columns.length > 0) await print(columns)
    for (const item of page.items) await print(columns.map((column) => toText(item[column])))
    cursor = page.nextCursor ?? undefined
  }
}

async function readPage(base: string, cursor: string, key: string) {
  const query = new URLSearchParams({ limit: String(PAGE_ITEMS), ...(cursor !== '' && { cursor }) })
  const response = await request(`${base}?${query.toString()}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  const text = await response.body.text()
  if (response.statusCode !== 200)
    throw new ConfigError(`the server answered ${response.statusCode}: ${text}`)
  return pageSchema.parse(JSON.parse(text))
}

function columnsOf(items: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return Object.keys(items[0] ?? {})
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Waits while the reader of standard output is slower than the server. */
async function print(cells: readonly string[]): Promise<void> {
  const line = `${cells.map(quote).join(',')}\r\n`
  if (process.stdout.write(line)) return
  await new Promise((resolve) => process.stdout.once('drain', resolve))
}

/** A cell that a spreadsheet would take for a formula is prefixed, as OWASP advises (CSV injection). */
function quote(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
