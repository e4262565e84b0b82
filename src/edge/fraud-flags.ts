import type { FraudSettings } from '../domain/fraud.ts'
import { referrerDomain } from '../domain/visitor.ts'
import type { ClientFacts } from './client-facts.ts'
import type { EdgeContext } from './edge-context.ts'
import type { SnapshotIndex, TrackingTerms } from './snapshot-index.ts'

type Seen = {
  readonly client: ClientFacts
  readonly link: Pick<TrackingTerms, 'id' | 'workspace'>
  readonly index: SnapshotIndex
  readonly atMs: number
}

/** The flags that a visit's own request raises, in the order of the alphabet, separated by commas. */
export function findFlags(context: EdgeContext, seen: Seen): string {
  let flags = isBadReferrer(seen) ? ',bad_referrer' : ''
  if (seen.client.place.connectionType === 'datacenter') flags += ',datacenter'
  if (isRepeatedAddress(context, seen)) flags += ',repeated_address'
  return flags.slice(1)
}

/** The first of a visit's flags that its workspace takes for a bot's sign; '' for none. */
export function flagAsBot(flags: string, { botFlags }: FraudSettings): string {
  if (flags === '') return ''
  return flags.split(',').find((flag) => botFlags.some((botFlag) => botFlag === flag)) ?? ''
}

function isBadReferrer({ client, link, index }: Seen): boolean {
  if (client.referrer === '' || link.workspace.fraud.badReferrers.length === 0) return false
  const bad = index.workspaces.get(link.workspace.id)?.badReferrers
  if (bad === undefined) return false
  // Whatever is below a domain counts as well: a.b.example, b.example, example.
  let domain = referrerDomain(client.referrer)
  while (domain !== '') {
    if (bad.has(domain)) return true
    const dot = domain.indexOf('.')
    domain = dot === -1 ? '' : domain.slice(dot + 1)
  }
  return false
}

/** What only looks at a link is not counted: the person's own visit would be the second. */
function isRepeatedAddress(context: EdgeContext, { client, link, atMs }: Seen): boolean {
  const { repeatedAddressVisits, repeatedAddressMinutes } = link.workspace.fraud
  if (repeatedAddressVisits === 0 || client.ip === '' || client.isPreview) return false
  const visits = context.addressVisits.add(client.ip, link.id, {
    atMs,
    windowMs: repeatedAddressMinutes * MINUTE_MS,
  })
  return visits > repeatedAddressVisits
}

const MINUTE_MS = 60_000
