import type { Logger } from 'pino'
import type { ClickIdKey, ClickIdMaker } from '../domain/click-id.ts'
import type { JournalWriter } from '../journal/journal-writer.ts'
import type { AddressVisits } from './address-visits.ts'
import type { ClientAddressReader } from './client-address.ts'
import type { CoreClient } from './core-client.ts'
import type { DeviceReader } from './device.ts'
import type { EdgeMetrics } from './edge-metrics.ts'
import type { Geo } from './geo.ts'
import type { Hops } from './hop.ts'
import type { ProofOf } from './installation-proof.ts'
import type { LanguageReader } from './language.ts'
import type { PeerLookup } from './peer-lookup.ts'
import type { RememberedVisit } from './remembered-visit.ts'
import type { RepeatedLog } from './repeated-log.ts'
import type { SnapshotSource } from './snapshot-source.ts'
import type { VisitMemory } from './visit-memory.ts'

/** What every handler works with: one per process. */
export type EdgeContext = {
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly journal: Pick<JournalWriter, 'append'>
  readonly snapshots: SnapshotSource
  readonly core: CoreClient
  readonly peers: PeerLookup
  readonly visits: VisitMemory<RememberedVisit>
  readonly makeClickId: ClickIdMaker
  readonly makeHitId: (nowMs: number) => string
  readonly clickIdKey: ClickIdKey
  readonly addresses: ClientAddressReader
  readonly addressVisits: AddressVisits
  /** Visits and impressions by an affiliate that offers paid for by the click or impression. */
  readonly paidAddresses: AddressVisits
  /** The installation's own host as visitors see it, lower case, without port. */
  readonly publicHost: string
  readonly geo: Geo
  readonly devices: DeviceReader
  readonly languages: LanguageReader
  readonly hops: Hops
  readonly proofOf: ProofOf
  readonly metrics: EdgeMetrics
  readonly log: Logger
  readonly failures: RepeatedLog
}
