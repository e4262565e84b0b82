import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiClient, clientByKey, field, setUpOwner } from './api-client.ts'
import { type BrowserTally, buyInBrowser, launchBrowser } from './browser.ts'
import { type AdvertiserTally, PIXEL_PAGES, SERVER_PAGES } from './chain-advertiser.ts'
import { buildChain, type ChainInput, type ChainRow, printChain, readBooks } from './chain-books.ts'
import { type ChainInvoices, writeInvoices } from './chain-invoices.ts'
import { type ChainNetwork, type ChainOffer, createChainNetwork } from './chain-network.ts'
import { type ChainTracker, createChainTracker } from './chain-tracker.ts'
import type { DemoOptions } from './demo.ts'
import { waitUntilSettled } from './demo-report.ts'
import { fillMacros } from './fill-macros.ts'
import { type Installation, startInstallation } from './installation.ts'
import { lottery } from './lottery.ts'
import { type Role, startRole } from './role.ts'
import type { SourceNotifications, SourceTally } from './traffic-source.ts'

/** Visits that a real browser makes to each of the offers that report by a pixel. */
const BROWSER_VISITS = 5
const REJECTED_PERCENT = 30
const SETTINGS = {
  TRAILPOST_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
  TRAILPOST_TRUSTED_PROXIES: '127.0.0.1',
}

/**
 * Two installations, chained: a network, and the tracker of one of its affiliates. A traffic source sends visitors to
 * the tracker's campaigns, which lead by the network's affiliate links to the advertiser's pages; its pixels and
 * postbacks make conversions of the network, whose global postback makes them conversions of the tracker, which tells
 * the source. Everybody's books must agree to the cent. Exits 1 when they do not.
 */
export async function runChain(options: DemoOptions): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-chain-'))
  const running: { stop(): unknown }[] = []
  try {
    // Neither may call itself, so that they have two names.
    const network = await startSide('network', '127.0.0.1', dataDir)
    running.push(network)
    const tracker = await startSide('tracker', 'localhost', dataDir)
    running.push(tracker)
    const source = await startRole(new URL('./traffic-source.ts', import.meta.url))
    running.push(source)
    const advertiser = await startRole(new URL('./chain-advertiser.ts', import.meta.url))
    running.push(advertiser)
    const { rows, invoices } = await playChain({ network, tracker, source, advertiser }, options)
    const agree = invoices.agree && rows.every((row) => row.agrees)
    if (options.json) console.log(JSON.stringify({ agree, offers: rows, invoices }, null, 2))
    else printChain(rows, invoices)
    if (!agree) process.exitCode = 1
  } finally {
    for (const party of running.reverse()) await party.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

type Parties = {
  readonly network: Installation
  readonly tracker: Installation
  readonly source: Role
  readonly advertiser: Role
}

async function startSide(
  name: string,
  host: 'localhost' | '127.0.0.1',
  dataDir: string,
): Promise<Installation> {
  return await startInstallation({ dataDir: join(dataDir, name), edges: 1, host, settings: SETTINGS })
}

async function playChain(
  parties: Parties,
  options: DemoOptions,
): Promise<{ readonly rows: readonly ChainRow[]; readonly invoices: ChainInvoices }> {
  const { source, advertiser } = parties
  const networkApi = await setUpOwner(parties.network)
  const trackerApi = await setUpOwner(parties.tracker)
  const network = await createChainNetwork(networkApi, {
    networkUrl: parties.network.publicUrl,
    advertiserUrl: advertiser.url,
  })
  const portal = clientByKey(parties.network, network.portalKey)
  const tracker = await createChainTracker(trackerApi, {
    sourceUrl: source.url,
    offers: network.offers,
    linkTo: (offer) => joinOffer(networkApi, portal, { offer, affiliateId: network.affiliateId }),
  })
  await placeTargets(networkApi, portal, { network, tracker })
  await advertiser.ask({ ask: 'listen', task: network.task })
  await source.ask({ ask: 'listen', sources: tracker.campaigns.map((campaign) => campaign.source) })
  const sent = await sendVisits(parties, tracker, options)
  const browsers = await shopInBrowsers(tracker)
  const tallies = (await advertiser.ask({ ask: 'report' })) as Record<string, AdvertiserTally>
  const rejected = await decideSales(networkApi, network)
  const input: ChainInput = { network, tracker, source: sent, browsers, advertiser: tallies, rejected }
  const rows = await waitUntilSettled(async () =>
    buildChain(input, {
      network: await readBooks(networkApi, 'offer'),
      tracker: await readBooks(trackerApi, 'campaign'),
      notifications: (await source.ask({ ask: 'notified' })) as SourceNotifications,
    }),
  )
  return { rows, invoices: await writeInvoices(networkApi, network, rows) }
}

/** The affiliate asks for an offer where it must, and takes its link. */
async function joinOffer(
  networkApi: ApiClient,
  portal: ApiClient,
  { offer, affiliateId }: { readonly offer: ChainOffer; readonly affiliateId: string },
): Promise<string> {
  if (offer.page === 'approval') {
    await portal.post(`/portal/offers/${offer.id}/apply`, { message: 'We send loan seekers.' })
    await networkApi.post(`/offers/${offer.id}/affiliates/${affiliateId}`, { state: 'approved' })
  }
  return String(field(await portal.get(`/portal/offers/${offer.id}/link`), 'link'))
}

/** The global postback for all offers, and for the iframe offer a pixel besides, which a manager approves. */
async function placeTargets(
  networkApi: ApiClient,
  portal: ApiClient,
  { network, tracker }: { readonly network: ChainNetwork; readonly tracker: ChainTracker },
): Promise<void> {
  await portal.post('/portal/global-postback', { url: tracker.postbackUrl })
  const offerId = network.offers.find(({ page }) => page === 'iframe')?.id
  const pixel = await portal.post('/portal/postbacks', { type: 'iframe', url: tracker.pixelUrl, offerId })
  const id = String(field(pixel, 'id'))
  const waiting = await networkApi.get('/pixel-moderation')
  const found = (field(waiting, 'items') as readonly { id: string; textHash: string }[]).find(
    (item) => item.id === id,
  )
  if (found === undefined) throw new Error('the new pixel waits for no approval')
  await networkApi.post(`/notification-targets/${id}/moderate`, {
    moderation: 'approved',
    textHash: found.textHash,
  })
}

async function sendVisits(
  { source, tracker: installation }: Parties,
  tracker: ChainTracker,
  { visits }: DemoOptions,
): Promise<Record<string, SourceTally>> {
  const campaigns = tracker.campaigns.filter(({ key }) => SERVER_PAGES.some((page) => page === key))
  const trackerUrl = installation.publicUrl
  return (await source.ask({ ask: 'visit', campaigns, visits, trackerUrl })) as Record<string, SourceTally>
}

async function shopInBrowsers(tracker: ChainTracker): Promise<Record<string, BrowserTally>> {
  const browser = await launchBrowser()
  try {
    const tallies: Record<string, BrowserTally> = {}
    for (const page of PIXEL_PAGES) {
      const campaign = tracker.campaigns.find(({ key }) => key === page)
      if (campaign === undefined) throw new Error(`no campaign for ${page}`)
      const shoppers = Array.from({ length: BROWSER_VISITS }, (_, n) => ({
        link: fillMacros(campaign, n),
        visitors: 'redirect' as const,
      }))
      tallies[page] = await buyInBrowser(browser, shoppers)
    }
    return tallies
  } finally {
    await browser.close()
  }
}

type Waiting = { readonly id: string; readonly clickId: string; readonly sale: string }

/** The network's people look at what waits for approval, and reject some of it. */
async function decideSales(
  api: ApiClient,
  { offers }: ChainNetwork,
): Promise<Record<string, { count: number; micros: number }>> {
  const offer = offers.find(({ page }) => page === 'approval')
  if (offer === undefined) throw new Error('no offer waits for approval')
  const rejected = { count: 0, micros: 0 }
  for (;;) {
    const page = await api.get(`/conversions?offerId=${offer.id}&status=pending&limit=100`)
    const waiting = field(page, 'items') as readonly Waiting[]
    if (waiting.length === 0) return { [offer.page]: rejected }
    for (const { id, clickId, sale } of waiting) {
      const isRejected = lottery(clickId, 'refused') < REJECTED_PERCENT
      if (isRejected) {
        rejected.count += 1
        rejected.micros += Math.round(Number(sale) * 1_000_000)
      }
      const status = isRejected ? 'rejected' : 'approved'
      await api.patch(`/conversions/${id}`, { status, reason: isRejected ? 'no credit' : 'paid out' })
    }
  }
}
