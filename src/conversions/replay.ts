import type { JudgedHit } from '../store/hits.ts'
import { findHits } from '../store/hits.ts'
import type { Db } from '../store/transaction.ts'
import { canonicalSignature } from './check-sender.ts'
import type { Court } from './court.ts'
import type { HitContext } from './hit-context.ts'
import { isReportedByMember } from './reported-by-member.ts'

type Verdict = Pick<JudgedHit, 'outcome' | 'reason' | 'conversionId'>

/**
 * A signed message counts once: who overheard it could send it again otherwise, within the tolerance of its `ts`.
 * The first hit of a signature, which the rules have found right, is remembered with the transaction.
 * @returns what a repetition becomes, whatever the duplicate policy; undefined for the first.
 */
export async function findReplay(db: Db, context: HitContext, court: Court): Promise<Verdict | undefined> {
  const { hit, fields, sender } = context
  if (sender === undefined || sender.signingSecret === '' || isReportedByMember(hit)) return undefined
  const key = { senderId: sender.id, sig: canonicalSignature(fields.sig) }
  const earlier = court.docket.signatureUse(key)
  if (earlier === undefined) {
    court.docket.enterSignature({ ...key, hitId: hit.id, at: court.now })
    return undefined
  }
  if (earlier.hitId === hit.id) return undefined
  const first =
    court.docket.judgedHit(earlier.hitId) ?? (await findHits(db, [earlier.hitId])).get(earlier.hitId)
  return {
    outcome: 'duplicate',
    reason: 'this signed message was received before',
    conversionId: first?.conversionId ?? '',
  }
}
