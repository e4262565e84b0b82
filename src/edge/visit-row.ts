import { jsonField } from './json-text.ts'
import type { Visit, VisitRouting } from './visit.ts'

/**
 * The ledger row of a visit as JSON text (a LedgerRow), put together from pieces that are already JSON: the
 * campaign's constant, and the device's and place's cached ones. An object handed to JSON.stringify takes more
 * than twice as long (5.2 against 2.3 µs).
 */
export function visitRowJson(visit: Visit, routing: VisitRouting | undefined, isUnique: boolean): string {
  return (
    rowStart('visit', visit) +
    `,"click_id":"${visit.clickId}"` +
    routingJson(routing) +
    measuresJson(visit, routing, isUnique) +
    '}'
  )
}

/** The ledger row of an impression: nothing was chosen and no click id is given. */
export function impressionRowJson(visit: Visit): string {
  const counted = visit.client.bot === '' ? ',"impressions":1' : ''
  return `${rowStart('impression', visit)},"click_id":""${counted}}`
}

function rowStart(kind: 'visit' | 'impression', visit: Visit): string {
  const { atMs, indexed, params, client } = visit
  return `{"kind":"${kind}","at":${atMs},"visit_at":${atMs},${indexed.rowJson}${client.json}${params.json}`
}

function routingJson(routing: VisitRouting | undefined): string {
  if (routing === undefined) return ''
  const { offer } = routing.offer
  return (
    jsonField('path_id', routing.pathId) +
    jsonField('lander_id', routing.lander?.lander.id ?? '') +
    jsonField('offer_id', offer.id) +
    jsonField('affiliate_network_id', offer.affiliateNetworkId)
  )
}

/**
 * People count as visits, bots as bot visits, and a HEAD or prefetch as neither: the person may still come. A bot
 * sent by the traffic source is billed by it, so it has its cost; what only looks at the link is not.
 */
function measuresJson(visit: Visit, routing: VisitRouting | undefined, isUnique: boolean): string {
  const cost = visit.params.cost === '' ? '' : `,"cost":"${visit.params.cost}"`
  if (visit.client.isPreview) return ''
  if (visit.client.bot !== '') return `,"bot_visits":1${cost}`
  const unique = isUnique ? ',"unique_visits":1' : ''
  // On a direct link the visit is the click as well.
  const isDirect = routing !== undefined && routing.lander === undefined
  const click = isDirect ? ',"clicks":1,"unique_clicks":1' : ''
  return `,"visits":1${unique}${click}${cost}`
}
