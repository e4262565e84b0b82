import type { AttributionMethod } from '../domain/conversion-types.ts'
import type { Hit } from '../domain/hit.ts'
import type { HitFields } from '../domain/hit-params.ts'
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
  hit: Hit,
  fields: HitFields,
  resolution: Resolution & { found: true },
  configuration: Configuration,
): HitContext | undefined {
  const { visit, method } = resolution
  const workspace = configuration.workspaces.get(visit.visit.workspace)
  if (workspace === undefined) return undefined
  const named = configuration.offers.get(fields.offer)
  const offer = named?.workspace === workspace.id ? named : configuration.offers.get(offerIdOf(visit))
  const networkId = offer?.affiliateNetworkId ?? networkIdOf(visit, configuration)
  const network = configuration.affiliateNetworks.get(networkId)
  return { hit, fields, visit, method, workspace, offer, network, configuration }
}
