import { join } from 'node:path'
import pino from 'pino'
import { Registry } from 'prom-client'
import { openAccounts } from '../../src/api/accounts.ts'
import type { ApiApp, ApiDeps } from '../../src/api/api-deps.ts'
import { buildApi } from '../../src/api/build-api.ts'
import { createOwner } from '../../src/api/create-owner.ts'
import { dashboardOrigins } from '../../src/api/dashboard-origins.ts'
import { createSetupLink } from '../../src/api/setup-token.ts'
import type { SystemStatus } from '../../src/api/system-status.ts'
import { createJudge } from '../../src/conversions/judge.ts'
import { CostCorrector } from '../../src/corrections/correct-costs.ts'
import { fireTarget } from '../../src/delivery/fire-target.ts'
import { createGuard } from '../../src/delivery/guard.ts'
import type { ClickLookup } from '../../src/ledger/click-lookup.ts'
import type { FoundVisit } from '../../src/ledger/find-in-ledger.ts'
import type { Store } from '../../src/store/open-store.ts'
import type { TestStores } from '../support/databases.ts'
import { TEST_VAULT } from '../support/test-vault.ts'

export const DASHBOARD_URL = 'http://localhost:8081'
export const PUBLIC_URL = 'https://track.example.com'
export const PASSWORD = 'correct horse battery'

export type TestApi = {
  readonly app: ApiApp
  readonly store: Store
  readonly deps: ApiDeps
  /** What the ledger knows of visits; click ids are genuine when their HMAC is 0. */
  readonly visits: Map<string, FoundVisit>
  /** Token of a fresh set-up link. */
  setupToken(): Promise<string>
  /** Creates an owner with a workspace and returns the cookie of a session of theirs. */
  owner(email: string): Promise<{ cookie: string; workspace: string; userId: string }>
  signIn(email: string, password: string): Promise<string>
}

/** Test servers listen on loopback. */
const LOOPBACK_GUARD = createGuard({ allowPrivateTargets: ['127.0.0.1/32'] })
const FIRING = { guard: LOOPBACK_GUARD, vault: TEST_VAULT, version: '0.0.0-test', clock: Date.now }
/** What the ledger answers a correction of costs. */
const ONE_VISIT = { query: async <T>() => [{ hour_start: 0, spent: '0', seen: '1' }] as T[] }
const NO_CLICKS = { query: async <T>() => [] as T[] }
const NO_VISITS = { visits: 0, botsBefore: 0, botsAfter: 0, cost: '0', conversions: 0 }

/** A system that nobody looked at. */
const WELL: SystemStatus = {
  version: '0.0.0-test',
  node: process.version,
  startedAt: new Date(0).toISOString(),
  sql: { engine: 'SQLite', address: 'trailpost.db' },
  ledger: { engine: 'chDB', address: 'ledger' },
  edges: [],
  journalLagSeconds: 0,
  outboxRows: 0,
  quarantinedRows: 0,
  deliveries: { waiting: 0, due: 0 },
  jobs: { waiting: 0, running: 0 },
  retentionDay: null,
  disk: { freeBytes: 1, totalBytes: 1 },
  geoDatabase: null,
  asnDatabase: null,
  mailServer: '',
  checkedAt: new Date(0).toISOString(),
  findings: [],
}

/** The real API over a real store; requests are injected. */
export async function openTestApi(
  stores: TestStores,
  changes: Partial<ApiDeps> | ((store: Store) => Promise<Partial<ApiDeps>>) = {},
): Promise<TestApi> {
  const options = await stores.options()
  const store = await stores.open(options)
  const trustedOrigins = () => dashboardOrigins(DASHBOARD_URL, 8081)
  const secret = Buffer.alloc(32, 7)
  const accounts = await openAccounts({ store, secret, dashboardUrl: DASHBOARD_URL, trustedOrigins })
  const visits = new Map<string, FoundVisit>()
  const deps: ApiDeps = {
    store,
    vault: TEST_VAULT,
    accounts,
    dataDir: options.dataDir,
    publicUrl: PUBLIC_URL,
    dashboardUrl: DASHBOARD_URL,
    trustedOrigins,
    trustedProxies: [],
    webRoot: join(options.dataDir, 'web'),
    registry: new Registry(),
    wakeDelivery: () => {},
    untilLive: async () => {},
    visitRows: async () => [],
    clickIdsOfExternalId: async () => [],
    runReport: async () => ({ rows: [], totals: {}, groups: 0 }),
    newestVisit: async () => undefined,
    changeStatus: async () => ({ ok: true }),
    changeAmounts: async () => ({ ok: true }),
    byHand: byHandDeps(store, visits),
    billing: { store, ledger: NO_CLICKS, catchUp: async () => {}, clock: Date.now },
    costs: new CostCorrector({
      store,
      ledger: ONE_VISIT,
      catchUp: async () => {},
      clock: Date.now,
    }),
    previewFraudRerun: async () => ({ ...NO_VISITS, sample: [] }),
    publicRequest: async () => {
      throw new Error('there is no public port')
    },
    guard: LOOPBACK_GUARD,
    fireTarget: (target, rendered) => fireTarget(target, rendered, FIRING),
    checkDomain: async () => ({ outcome: 'works', addresses: [], ownAddresses: [], detail: '' }),
    hasMail: false,
    hasAsnDatabase: false,
    ownHosts: [new URL(PUBLIC_URL).hostname, new URL(DASHBOARD_URL).hostname],
    journalLagMs: () => 0,
    systemStatus: async () => WELL,
    readiness: [],
    clock: Date.now,
    log: pino({ level: 'silent' }),
    version: '0.0.0-test',
    ...(typeof changes === 'function' ? await changes(store) : changes),
  }
  const app = await buildApi(deps)

  async function signIn(email: string, password: string): Promise<string> {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/auth/sign-in/email',
      headers: { origin: DASHBOARD_URL },
      payload: { email, password },
    })
    if (answer.statusCode !== 200) throw new Error(`sign-in failed: ${answer.body}`)
    return cookieOf(answer)
  }

  return {
    app,
    store,
    deps,
    visits,
    signIn,
    async setupToken() {
      const link = await createSetupLink({ accounts, dataDir: options.dataDir, dashboardUrl: DASHBOARD_URL })
      return new URL(link ?? '').searchParams.get('token') ?? ''
    },
    async owner(email) {
      const input = { email, password: PASSWORD, name: 'Ada', workspaceName: `Workspace of ${email}` }
      const owner = await createOwner(
        { db: store.db, accounts },
        { ...input, currency: 'USD', timeZone: 'UTC' },
        Date.now(),
      )
      if (!owner.ok) throw new Error(owner.reason)
      return { cookie: await signIn(email, PASSWORD), workspace: owner.workspace, userId: owner.userId }
    },
  }
}

/** A judge over the store and these visits. */
function byHandDeps(store: Store, visits: ReadonlyMap<string, FoundVisit>): ApiDeps['byHand'] {
  const lookup: ClickLookup = {
    findVisits: async (clickIds) => new Map([...visits].filter(([id]) => clickIds.includes(id))),
  }
  const clickIdKey = { hmac32: () => 0 }
  const clock = Date.now
  const judge = createJudge({ store, ledgerLookup: lookup, clock, clickIdKey, ownHosts: [] })
  return { store, judge, lookup, clickIdKey, clock }
}

/** The Cookie header that a browser would send after this answer. */
export function cookieOf(answer: { headers: Record<string, unknown> }): string {
  const set = [answer.headers['set-cookie']].flat().filter((value) => typeof value === 'string')
  return set.map((cookie) => cookie.split(';', 1)[0]).join('; ')
}
