import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { DEMO_OWNER, field, setUpOwner } from '../src/cli/demo/api-client.ts'
import { launchBrowser } from '../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../src/cli/demo/installation.ts'
import { openChdbEngine } from '../src/ledger/chdb-engine.ts'
import type { LedgerEngine } from '../src/ledger/engine.ts'
import { generateLedger } from './support/generate-ledger.ts'
import { median } from './support/percentile.ts'
import { createReporter } from './support/report.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/**
 * What somebody waits for in the dashboard, in a real browser on a warm server: the first load, going elsewhere when
 * the data is there already, and a report over ten million rows until its figures stand on the page.
 */
const ROWS = 10_000_000
const RUNS = 7
const MERGE_POLL_MS = 500
/** Each of them groups all rows anew: no answer is kept from another. */
const GROUPINGS = ['campaign', 'country', 'device_type', 'os', 'browser', 'source', 'offer'] as const
const SHOWN_REPORT: Shown = { heading: 'Report', content: '[role=treegrid] tbody tr:nth-child(3)' }
const WEB = resolve(import.meta.dirname, '../web/dist')

const report = createReporter('dashboard', process.argv.includes('--json'))
report('first_load_gzip_kb', firstLoadBytes() / 1_000, 'kB')
await withTemporaryDirectory(async (dataDir) => {
  const installation = await installWithRows(dataDir)
  const browser = await launchBrowser()
  try {
    await measure(browser, installation)
  } finally {
    await browser.close()
    await installation.stop()
  }
})

/** What the page names itself: scripts, styles, and what it says will be needed at once. */
function firstLoadBytes(): number {
  const html = readFileSync(join(WEB, 'index.html'), 'utf8')
  const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '')
  const sizes = ['index.html', ...files].map((path) => statSync(join(WEB, `${path}.gz`)).size)
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The ledger belongs to one process: it is filled while nobody else is there. */
async function installWithRows(dataDir: string): Promise<Installation> {
  const first = await startInstallation({ dataDir, edges: 1 })
  const api = await setUpOwner(first)
  const [workspace] = field(await api.get('/me'), 'workspaces') as readonly { id: string }[]
  await first.stop()
  const engine = await openChdbEngine(join(dataDir, 'ledger'))
  try {
    await generateLedger(engine, ROWS, Date.now(), workspace?.id)
    await untilMerged(engine)
  } finally {
    await engine.close()
  }
  return await startInstallation({ dataDir, edges: 1 })
}

/** The parts of so many new rows are merged once, by both cores; a ledger that fills day by day knows nothing of it. */
async function untilMerged(engine: LedgerEngine): Promise<void> {
  for (;;) {
    const [row] = await engine.query<{ merges: number }>(
      'SELECT toUInt32(count()) AS merges FROM system.merges',
      {},
      undefined,
    )
    if (row?.merges === 0) return
    await sleep(MERGE_POLL_MS)
  }
}

async function measure(browser: Browser, { dashboardUrl }: Installation): Promise<void> {
  const cold: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const context = await signedIn(browser, dashboardUrl)
    const page = await context.newPage()
    cold.push(await timeAddress(page, '/campaigns', { heading: 'Campaigns', content: 'main' }))
    await context.close()
  }
  // The first run also warms server and disk.
  report('interactive_ms', median(cold.slice(1)), 'ms')
  const context = await signedIn(browser, dashboardUrl)
  const page = await context.newPage()
  report('navigation_ms', median(await timeNavigation(page)), 'ms')
  report('report_10m_ms', median(await timeReports(page, timeInside)), 'ms')
  report('report_10m_by_address_ms', median(await timeReports(page, timeAddress)), 'ms')
  await context.close()
}

async function signedIn(browser: Browser, baseURL: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL, locale: 'en-US' })
  const headers = { origin: baseURL }
  const answer = await context.request.post('/api/auth/sign-in/email', { data: DEMO_OWNER, headers })
  if (!answer.ok()) throw new Error(`the owner can not sign in: ${answer.status()}`)
  return context
}

/** What stands on a screen once it is shown; the content by its selector. */
type Shown = { readonly heading: string; readonly content: string }

/**
 * Opens an address as a browser does, until its heading stands there and nothing of it is waited for any more. The page
 * itself says when: whoever asks it from outside does so at intervals that are longer than what is measured.
 * @returns milliseconds since the navigation began.
 */
async function timeAddress(page: Page, path: string, shown: Shown): Promise<number> {
  await page.goto(path, { waitUntil: 'commit' })
  return await page.evaluate<number>(untilShown(shown))
}

/** Goes there inside the dashboard, as its links do. */
async function timeInside(page: Page, path: string, shown: Shown): Promise<number> {
  return await page.evaluate<number>(`(async () => {
    const startedAt = performance.now()
    history.pushState(null, '', ${JSON.stringify(path)})
    return await (${untilShown(shown)}) - startedAt
  })()`)
}

/** For the page: a promise of its clock when the frame with all of it was painted. */
function untilShown({ heading, content }: Shown): string {
  return `new Promise((done) => {
    const look = () => {
      const isThere = document.querySelector('h1')?.textContent === ${JSON.stringify(heading)} &&
        document.querySelector(${JSON.stringify(content)}) !== null
      const isBusy = document.querySelector('[aria-busy=true]') !== null
      if (isThere && !isBusy) setTimeout(() => done(performance.now()))
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })`
}

/** Between two lists that were looked at before; the page itself says when the other one is painted. */
async function timeNavigation(page: Page): Promise<readonly number[]> {
  const places = ['Campaigns', 'Landers']
  const go = async (name: string) => {
    const link = page.getByRole('navigation').getByRole('link', { name, exact: true })
    return await link.evaluate(
      (element, heading) =>
        new Promise<number>((done) => {
          const startedAt = performance.now()
          const look = () => {
            const isThere = element.ownerDocument.querySelector('h1')?.textContent === heading
            if (isThere) done(performance.now() - startedAt)
            else element.ownerDocument.defaultView.requestAnimationFrame(look)
          }
          element.click()
          look()
        }),
      name,
    )
  }
  await page.goto('/landers')
  const times: number[] = []
  for (let run = 0; run < RUNS * 2; run += 1) times.push(await go(places[run % 2] ?? ''))
  return times.slice(2)
}

/** From asking for a report until its rows stand there: inside the dashboard, or with the page's own load. */
async function timeReports(page: Page, time: typeof timeInside): Promise<readonly number[]> {
  const times: number[] = []
  for (const [run, grouping] of GROUPINGS.entries()) {
    // A list without figures: the ledger has nothing else to do.
    await page.goto('/landers', { waitUntil: 'networkidle' })
    const by = `${grouping},${GROUPINGS[run - 1] ?? 'language'}`
    times.push(await time(page, `/report?by=${by}&range=month`, SHOWN_REPORT))
  }
  return times
}
