import type { AttributionMethod } from '../domain/conversion-types.ts'
import type { Hit } from '../domain/hit.ts'
import type { HitFields } from '../domain/hit-params.ts'
import type { BrowserPixel } from '../domain/notification.ts'
import type { NumberChange } from '../domain/visit-values.ts'
import type { FoundVisit } from '../ledger/find-in-ledger.ts'
import type { AffiliateNetwork } from '../store/affiliate-networks.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Offer } from '../store/offers.ts'
import type { Workspace } from '../store/workspaces.ts'
import { networkIdOf, offerIdOf, type Resolution } from './resolve-visit.ts'

/** A hit whose visit was found, with everything that the rules look at. */
export type HitContext = {
  readonly hit: Hit
  readonly fields: HitFields
  /** Named numbers of the visit that the hit changes. */
  readonly numbers: readonly NumberChange[]
  /** The pixel whose answer the visitor's browser waits for; undefined when none does. */
  readonly browser: BrowserPixel | undefined
  /** As it is at present: with everything that was changed since it was recorded. */
  readonly visit: FoundVisit
  readonly method: AttributionMethod
  readonly workspace: Workspace
  /** Undefined when the visit went nowhere that is still known. */
  readonly offer: Offer | undefined
  readonly network: AffiliateNetwork | undefined
  readonly configuration: Configuration
}

/** Undefined when the visit's workspace is gone. */
export function buildContext(
  said: Pick<HitContext, 'hit' | 'fields' | 'numbers' | 'browser'>,
  resolution: Resolution & { found: true },
  configuration: Configuration,
): HitContext | undefined {
  const { visit, method } = resolution
  const { fields } = said
  const workspace = configuration.workspaces.get(visit.visit.workspace)
  if (workspace === undefined) return undefined
  const named = configuration.offers.get(fields.offer)
  const offer = named?.workspace === workspace.id ? named : configuration.offers.get(offerIdOf(visit))
  const networkId = offer?.affiliateNetworkId ?? networkIdOf(visit, configuration)
  const network = configuration.affiliateNetworks.get(networkId)
  return { ...said, visit, method, workspace, offer, network, configuration }
}
