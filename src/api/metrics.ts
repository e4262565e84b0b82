import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { COUNTED_PENDING_MAX } from '../store/delivery-queue-depth.ts'

/** What an edge says about itself (its own process counts; this one only passes it on). */
export type EdgeReport = {
  readonly edgeId: number
  readonly snapshotVersion: number
  readonly counters: Readonly<Record<string, number>>
  /** Affiliate links that their offer did not take, by the reason. */
  readonly linkRefusals: Readonly<Record<string, number>>
  readonly requestDurationMs: {
    readonly buckets: readonly { readonly le: number; readonly count: number }[]
    readonly count: number
    readonly sum: number
  }
}

export type MetricsSources = {
  /** Of the edges that answer. */
  readonly edges: () => Promise<readonly EdgeReport[]>
  /** Age of the oldest journal record that is not in the ledger, seconds; 0 when all are. */
  readonly journalLagSeconds: () => Promise<number>
  readonly outboxRows: () => Promise<number>
  readonly deliveriesDue: () => Promise<number>
  readonly quarantinedRows: () => number
}

const MS = 1_000

/** The registry behind /metrics. Values are read when Prometheus asks. */
export function createMetrics(sources: MetricsSources): Registry {
  const registry = new RefreshedRegistry()
  collectDefaultMetrics({ register: registry, prefix: 'trailpost_core_' })
  readOnDemand(
    registry,
    'trailpost_journal_lag_seconds',
    'Age of what is not loaded',
    sources.journalLagSeconds,
  )
  readOnDemand(
    registry,
    'trailpost_ledger_outbox_rows',
    'Rows on their way to the ledger',
    sources.outboxRows,
  )
  readOnDemand(
    registry,
    'trailpost_deliveries_due',
    `Notifications whose time has come, among ${COUNTED_PENDING_MAX} that wait: more are not counted`,
    sources.deliveriesDue,
  )
  readOnDemand(
    registry,
    'trailpost_ledger_quarantined_rows_total',
    'Rows that the ledger refused',
    async () => sources.quarantinedRows(),
  )
  const edges = new EdgeGauges(registry)
  registry.refresh = async () => edges.show(await sources.edges())
  return registry
}

/** Edges report many values at once: they are asked before the values are printed, not once for each. */
class RefreshedRegistry extends Registry {
  refresh: () => Promise<void> = async () => {}

  override async metrics(): Promise<string> {
    await this.refresh()
    return await super.metrics()
  }
}

function readOnDemand(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read())
    },
  })
}

class EdgeGauges {
  readonly #registry: Registry
  readonly #gauges = new Map<string, Gauge<'edge' | 'le'>>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  show(reports: readonly EdgeReport[]): void {
    this.#set('trailpost_edges_up', {}, reports.length)
    for (const report of reports) this.#showEdge(report)
  }

  #showEdge(report: EdgeReport): void {
    const { edgeId, snapshotVersion, counters, linkRefusals, requestDurationMs: duration } = report
    const edge = String(edgeId)
    this.#set('trailpost_edge_snapshot_version', { edge }, snapshotVersion)
    for (const [name, value] of Object.entries(counters)) {
      this.#set(`trailpost_edge_${toSnakeCase(name)}_total`, { edge }, value)
    }
    for (const [reason, value] of Object.entries(linkRefusals)) {
      this.#set('trailpost_edge_link_refusals_total', { edge, reason }, value)
    }
    // A histogram's series, one by one: the edge has already counted, and prom-client's own only observes.
    const histogram = 'trailpost_edge_request_duration_seconds'
    for (const { le, count } of duration.buckets)
      this.#set(`${histogram}_bucket`, { edge, le: String(le / MS) }, count)
    this.#set(`${histogram}_bucket`, { edge, le: '+Inf' }, duration.count)
    this.#set(`${histogram}_sum`, { edge }, duration.sum / MS)
    this.#set(`${histogram}_count`, { edge }, duration.count)
  }

  #set(name: string, labels: { readonly [Label in MetricLabel]?: string }, value: number): void {
    const known = this.#gauges.get(name)
    const labelNames = Object.keys(labels) as MetricLabel[]
    const gauge =
      known ?? new Gauge({ name, help: 'Reported by the edges', labelNames, registers: [this.#registry] })
    this.#gauges.set(name, gauge)
    gauge.set(labels, value)
  }
}

type MetricLabel = 'edge' | 'le' | 'reason'

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
