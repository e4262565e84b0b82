import assert from 'node:assert/strict'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { Database } from '../store/schema.ts'
import { createVault } from '../store/vault.ts'
import type { Accounts } from './accounts.ts'
import { buildApi } from './build-api.ts'

const NOWHERE = 'http://localhost'

/** The OpenAPI document, from an app that is built and never called: it needs no database. */
export async function describedApi(version: string): Promise<object> {
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (instance) => new SqliteIntrospector(instance),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  const app = await buildApi({
    store: { db, engine: 'sqlite', close: () => db.destroy() },
    vault: createVault(new Uint8Array()),
    accounts: NO_ACCOUNTS,
    dataDir: '',
    publicUrl: NOWHERE,
    dashboardUrl: NOWHERE,
    trustedOrigins: () => [],
    trustedProxies: [],
    webRoot: '',
    registry: new Registry(),
    wakeDelivery: () => {},
    untilLive: neverCalled,
    visitRows: neverCalled,
    clickIdsOfExternalId: neverCalled,
    runReport: neverCalled,
    newestVisit: neverCalled,
    changeStatus: neverCalled,
    changeAmounts: neverCalled,
    byHand: {
      store: { db, engine: 'sqlite', close: neverCalled },
      judge: { judge: neverCalled, rejudge: neverCalled, rehearse: neverCalled },
      lookup: { findVisits: neverCalled },
      clickIdKey: { hmac32: () => 0 },
      clock: () => 0,
    },
    costs: { preview: neverCalled, apply: neverCalled, previewUndo: neverCalled, undo: neverCalled },
    billing: {
      store: { db, engine: 'sqlite', close: neverCalled },
      ledger: { query: neverCalled },
      catchUp: neverCalled,
      clock: () => 0,
    },
    previewFraudRerun: neverCalled,
    guard: { checkUrl: () => assert.fail('an API that only describes itself judges no URL') },
    fireTarget: neverCalled,
    checkDomain: neverCalled,
    hasMail: false,
    hasAsnDatabase: false,
    ownHosts: [],
    publicRequest: neverCalled,
    journalLagMs: () => 0,
    systemStatus: neverCalled,
    readiness: [],
    clock: () => 0,
    log: pino({ level: 'silent' }),
    version,
  })
  const document = app.swagger()
  await app.close()
  return document
}

async function neverCalled(): Promise<never> {
  throw new Error('the app that describes itself is not to be called')
}

const NO_ACCOUNTS: Accounts = {
  handle: neverCalled,
  session: neverCalled,
  memberships: neverCalled,
  members: neverCalled,
  isEmpty: neverCalled,
  users: neverCalled,
  createUser: neverCalled,
  deleteUser: neverCalled,
  findUserId: neverCalled,
  isPassword: neverCalled,
  secondStepUser: neverCalled,
  reserveCode: neverCalled,
  releaseCode: neverCalled,
  endOtherSessions: neverCalled,
  resetTwoFactor: neverCalled,
  resetPassword: neverCalled,
  addWorkspace: neverCalled,
  signIn: neverCalled,
}
