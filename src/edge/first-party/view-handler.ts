import { RECORD_TYPE, type ViewRecord } from '../../domain/journal-record.ts'
import { sendJson } from '../answers.ts'
import { readClientFacts } from '../client-facts.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { findClickId } from '../find-visit.ts'
import { keepRecord } from '../keep-record.ts'
import { firstValue } from '../query.ts'
import { corsHeaders } from './cors.ts'
import { readPageRequest, refuse } from './page-request.ts'

/**
 * GET or POST /tp/view?cid=…[&lander=…]: the visitor sees a lander. Answered when the view is on disk; a lander that
 * is not configured counts as the one that the visit was sent to.
 */
export async function handleView(context: EdgeContext, exchange: Exchange): Promise<void> {
  const asked = await readPageRequest(context, exchange)
  if (asked === undefined) return
  const { query } = asked
  const found = findClickId(context, { query, cookies: exchange.request.headers.cookie })
  if (found === undefined) {
    refuse(exchange, 400, 'cid is no click id of this installation')
    return
  }
  // What only looks at the page is no visitor who sees it.
  if (!readClientFacts(context, exchange).isPreview) {
    const landerId = firstValue(query, 'lander')
    const record: ViewRecord = {
      clickId: found.clickId,
      at: context.clock(),
      landerId: context.snapshots.index.landers.has(landerId) ? landerId : '',
    }
    await keepRecord(context, RECORD_TYPE.view, JSON.stringify(record))
    context.metrics.count('views')
  }
  sendJson(exchange, 200, { clickid: found.clickId }, corsHeaders(exchange))
}
