import type { Advertiser } from '../store/advertisers.ts'
import type { AffiliateNetwork } from '../store/affiliate-networks.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Offer } from '../store/offers.ts'
import type { SenderFields } from '../store/sender-fields.ts'

/** Who reports conversions of an offer, and is paid or billed for them, as far as judging looks at it. */
export type Sender = Omit<SenderFields, 'clickIdParam'> &
  Pick<AffiliateNetwork, 'id' | 'workspace' | 'clickToConversionMinMs' | 'clickToConversionMaxMs'> & {
    readonly type: 'affiliate_network' | 'advertiser'
    /** Accepted beside `token`, and not asked for; '' for none. */
    readonly nextToken: string
    readonly isActive: boolean
  }

/** The sender of an advertiser's offer, whose terms say how long after a visit a conversion may come. */
export function advertiserOf(offer: Offer, { advertisers }: Configuration): Sender | undefined {
  const advertiser = advertisers.get(offer.advertiserId)
  if (advertiser === undefined) return undefined
  const { clickToConversionMinMs = 0, clickToConversionMaxMs = 0 } = offer.terms ?? {}
  const isActive = advertiser.status === 'active' && advertiser.archivedAt === null
  return { ...advertiser, type: 'advertiser', isActive, clickToConversionMinMs, clickToConversionMaxMs }
}

export function networkOf(id: string, { affiliateNetworks }: Configuration): Sender | undefined {
  const network = affiliateNetworks.get(id)
  return network && { ...network, type: 'affiliate_network', nextToken: '', isActive: true }
}

/** Whose hits an offer's are: an id of an advertiser or of an affiliate network; '' for nobody's. */
export function senderIdOf(offer: Pick<Offer, 'advertiserId' | 'affiliateNetworkId'>): string {
  return offer.advertiserId || offer.affiliateNetworkId
}

type TokenHolder = {
  readonly type: Sender['type']
  readonly id: string
  readonly workspace: string
}

/** Configurations are replaced as a whole: indexed once per change of one. */
const indexes = new WeakMap<Configuration, TokenIndex>()
type TokenIndex = ReadonlyMap<string, readonly TokenHolder[]>

/**
 * Who has the token; undefined when nobody does. Tokens are unique within a workspace alone.
 * @param workspace where the visit is, whose sender is meant before those of others; '' when there is no visit: a token
 * that several workspaces have then names nobody.
 */
export function senderOfToken(
  token: string,
  configuration: Configuration,
  workspace: string,
): TokenHolder | undefined {
  if (token === '') return undefined
  const known = indexes.get(configuration) ?? indexTokens(configuration)
  indexes.set(configuration, known)
  const holders = known.get(token) ?? []
  const [first] = holders
  if (workspace !== '') return holders.find((holder) => holder.workspace === workspace) ?? first
  return holders.every((holder) => holder.workspace === first?.workspace) ? first : undefined
}

/** What was archived keeps its token until somebody else uses the same. */
function indexTokens(configuration: Configuration): TokenIndex {
  const inUse = new Map<string, TokenHolder[]>()
  const archived = new Map<string, TokenHolder[]>()
  const add = (type: Sender['type'], sender: Advertiser | AffiliateNetwork, token: string) => {
    if (token === '') return
    const index = sender.archivedAt === null ? inUse : archived
    const { id, workspace } = sender
    index.set(token, [...(index.get(token) ?? []), { type, id, workspace }])
  }
  for (const network of configuration.affiliateNetworks.values())
    add('affiliate_network', network, network.token)
  for (const advertiser of configuration.advertisers.values()) {
    add('advertiser', advertiser, advertiser.token)
    add('advertiser', advertiser, advertiser.nextToken)
  }
  return new Map([...archived, ...inUse])
}
