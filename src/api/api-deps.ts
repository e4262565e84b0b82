import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Registry } from 'prom-client'
import type { BillingDeps } from '../billing/billing-deps.ts'
import type { ByHandDeps } from '../conversions/by-hand.ts'
import type { AmountChanger } from '../conversions/change-amounts.ts'
import type { StatusChanger } from '../conversions/change-status.ts'
import type { CostCorrector } from '../corrections/correct-costs.ts'
import type { FraudRequest } from '../corrections/fraud-query.ts'
import type { FraudPreview } from '../corrections/fraud-rerun.ts'
import type { DomainCheck } from '../delivery/check-domain.ts'
import type { FiredCall } from '../delivery/fire-target.ts'
import type { Guard } from '../delivery/guard.ts'
import type { CalledTarget, RenderedCall } from '../delivery/prepare-call.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import type { NewestVisit, VisitedLink } from '../reports/newest-visit.ts'
import type { ReportRequest } from '../reports/report-request.ts'
import type { ReportResult } from '../reports/run-report.ts'
import type { Store } from '../store/open-store.ts'
import type { Vault } from '../store/vault.ts'
import type { Accounts } from './accounts.ts'
import type { PublicRequest } from './public-request.ts'
import type { SystemStatus } from './system-status.ts'

/** Everything the API works with; it reads no setting, clock or global of its own. */
export type ApiDeps = {
  readonly store: Store
  /** Seals the secrets of notification targets. */
  readonly vault: Vault
  readonly accounts: Accounts
  /** Where the set-up token lies. */
  readonly dataDir: string
  /** As visitors see the tracking host, without a trailing slash: base of links, postback URLs and pixels. */
  readonly publicUrl: string
  readonly dashboardUrl: string
  /** Origins whose pages may send the session cookie with a write. */
  readonly trustedOrigins: () => readonly string[]
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  /** Folder of the built dashboard; it is served when it exists. */
  readonly webRoot: string
  readonly registry: Registry
  /** A delivery is due now: called after the transaction that made it so. */
  readonly wakeDelivery: () => void
  /** Resolves when the edges serve the configuration as it is in SQL now; in a moment at the latest. */
  readonly untilLive: () => Promise<void>
  /** Every row of the ledger of one click id, oldest first; empty when the workspace has none. */
  readonly visitRows: (workspace: string, clickId: string) => Promise<readonly LedgerRow[]>
  /** Click ids of the workspace's visits with the external id, newest first. */
  readonly clickIdsOfExternalId: (
    workspace: string,
    externalId: string,
    limit: number,
  ) => Promise<readonly string[]>
  /** @throws ReportRequestError for a request that can not be a report. */
  readonly runReport: (request: ReportRequest, signal: AbortSignal) => Promise<ReportResult>
  /** The newest visit by a link since then, Unix milliseconds. */
  readonly newestVisit: (
    workspace: string,
    link: VisitedLink,
    since: number,
  ) => Promise<NewestVisit | undefined>
  readonly changeStatus: StatusChanger
  readonly changeAmounts: AmountChanger
  /** What members report and match by hand goes through the judge, as hits do. */
  readonly byHand: ByHandDeps
  /** Judges a URL that an affiliate wants called, as far as it can be judged without calling it. */
  readonly guard: Pick<Guard, 'checkUrl'>
  /** Makes a call of a notification target once, for its Test button. */
  readonly fireTarget: (target: CalledTarget, rendered: Omit<RenderedCall, 'id'>) => Promise<FiredCall>
  /** Whether the operator has set a mail server. */
  readonly hasMail: boolean
  /** Whether a host name leads to this installation, asked at its origin. */
  readonly checkDomain: (origin: string) => Promise<DomainCheck>
  /** Whether the operator has set a database of networks: without it conditions on them never hold. */
  readonly hasAsnDatabase: boolean
  /** Host names of this installation, lower case, without the configured domains: no target may lead to one. */
  readonly ownHosts: readonly string[]
  /** Asks the installation's own public port, for a test of the whole chain. */
  readonly publicRequest: PublicRequest
  /** Invoices, payments and balances. */
  readonly billing: BillingDeps
  readonly costs: Pick<CostCorrector, 'preview' | 'apply' | 'previewUndo' | 'undo'>
  /** What a re-run of a rule over past visits would do. @throws ReportRequestError for filters that are none. */
  readonly previewFraudRerun: (workspace: string, request: FraudRequest) => Promise<FraudPreview>
  /** Age of the oldest journal record that is not in the ledger; 0 when all are. */
  readonly journalLagMs: () => number
  /** How the installation is. */
  readonly systemStatus: () => Promise<SystemStatus>
  readonly readiness: readonly ReadinessCheck[]
  readonly clock: () => number
  readonly log: FastifyBaseLogger
  readonly version: string
}

/** Rejects, or resolves to a reason, when the part is not ready. */
export type ReadinessCheck = { readonly name: string; readonly check: () => Promise<string | undefined> }

/** Fastify with zod schemas: bodies are typed by them, answers checked against them. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>
