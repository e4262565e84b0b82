import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SingleBar } from 'cli-progress'
import type { NetworkTally } from './affiliate-network.ts'
import { type ApiClient, setUpOwner } from './api-client.ts'
import { buyInBrowser, launchBrowser } from './browser.ts'
import { createDemoCampaigns, type DemoSetup } from './demo-campaigns.ts'
import { readReport, waitUntilSettled } from './demo-report.ts'
import { buildTable, type DemoRow, printTable, type TableInput } from './demo-table.ts'
import { fillMacros } from './fill-macros.ts'
import { type Installation, startInstallation } from './installation.ts'
import { type Role, startRole } from './role.ts'
import type { SourceNotifications, SourceTally } from './traffic-source.ts'

export type DemoOptions = { readonly visits: number; readonly json: boolean }

/** Visits that a real browser makes to each of the campaigns of the advertiser, who knows pixels alone. */
const BROWSER_VISITS = 5
const EDGES = 2

/**
 * The main job, end to end: a traffic source, an affiliate network and an advertiser, each in a process of its
 * own, work through a whole installation over HTTP. Then everybody's books are laid side by side; they must
 * agree exactly. Exits 1 when they do not.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-demo-'))
  const running: { stop(): unknown }[] = []
  try {
    const installation = await startInstallation({
      dataDir,
      edges: EDGES,
      settings: {
        // The parties of the demo are on loopback, and the source speaks for its visitors.
        TRAILPOST_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
        TRAILPOST_TRUSTED_PROXIES: '127.0.0.1',
      },
    })
    running.push(installation)
    const parties = await startParties()
    running.push(...Object.values(parties))
    const rows = await playDemo(installation, parties, options)
    report(rows, options.json)
  } finally {
    for (const party of running.reverse()) await party.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

type Parties = { readonly source: Role; readonly network: Role; readonly advertiser: Role }

async function startParties(): Promise<Parties> {
  const [source, network, advertiser] = await Promise.all([
    startRole(new URL('./traffic-source.ts', import.meta.url)),
    startRole(new URL('./affiliate-network.ts', import.meta.url)),
    startRole(new URL('./advertiser.ts', import.meta.url)),
  ])
  return { source, network, advertiser }
}

async function playDemo(
  installation: Installation,
  parties: Parties,
  options: DemoOptions,
): Promise<readonly DemoRow[]> {
  const trackerUrl = installation.publicUrl
  await parties.advertiser.ask({ ask: 'tracker', trackerUrl })
  const api = await setUpOwner(installation)
  const setup = await createDemoCampaigns(api, {
    sourceUrl: parties.source.url,
    networkUrl: parties.network.url,
    advertiserUrl: parties.advertiser.url,
  })
  await parties.source.ask({ ask: 'listen', sources: setup.sources })
  const source = await sendVisits(parties.source, setup, options, trackerUrl)
  const browsers = await shopInBrowsers(setup)
  const network = (await parties.network.ask({ ask: 'ping', postbacks: setup.postbacks })) as Record<
    string,
    NetworkTally
  >
  const input = { setup, source, browsers, network }
  return await settle(api, parties.source, input)
}

async function sendVisits(
  source: Role,
  setup: DemoSetup,
  { visits, json }: DemoOptions,
  trackerUrl: string,
): Promise<Record<string, SourceTally>> {
  const bar = new SingleBar({
    format: '  visits {bar} {value}/{total}',
    clearOnComplete: true,
    noTTYOutput: false,
  })
  if (!json) bar.start(visits, 0)
  source.onNews((news) => {
    if (typeof news === 'object' && news !== null && 'visits' in news) bar.update(Number(news.visits))
  })
  const campaigns = setup.campaigns.filter(({ visitors: who }) => who === 'source')
  const tallies = await source.ask({ ask: 'visit', campaigns, visits, trackerUrl })
  bar.stop()
  return tallies as Record<string, SourceTally>
}

async function shopInBrowsers(setup: DemoSetup) {
  const browser = await launchBrowser()
  try {
    const tallies = []
    for (const campaign of setup.campaigns) {
      const { key, visitors } = campaign
      if (visitors === 'source') continue
      const shoppers = Array.from({ length: BROWSER_VISITS }, (_, n) => ({
        link: fillMacros(campaign, n),
        visitors,
      }))
      tallies.push([key, await buyInBrowser(browser, shoppers)] as const)
    }
    return Object.fromEntries(tallies)
  } finally {
    await browser.close()
  }
}

/** Ledger and deliveries follow within moments; the books are compared when they no longer move. */
async function settle(
  api: ApiClient,
  source: Role,
  input: Omit<TableInput, 'report' | 'notifications'>,
): Promise<readonly DemoRow[]> {
  return await waitUntilSettled(async () => {
    const notifications = (await source.ask({ ask: 'notified' })) as SourceNotifications
    return buildTable({ ...input, report: await readReport(api), notifications })
  })
}

function report(rows: readonly DemoRow[], json: boolean): void {
  const agree = rows.every((row) => row.agrees)
  if (json) console.log(JSON.stringify({ agree, campaigns: rows }, null, 2))
  else printTable(rows)
  if (!agree) process.exitCode = 1
}
