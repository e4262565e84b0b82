import type { Hit } from '../../src/domain/hit.ts'
import type { JudgedHit } from '../../src/store/hits.ts'

export type HitChanges = Partial<Omit<JudgedHit, 'request'>> & { readonly request?: Partial<Hit> }

/** A postback of the workspace that told nothing new, changed as asked. */
export function judgedHit(
  workspace: string,
  id: string,
  receivedAt: number,
  { request, ...changes }: HitChanges = {},
): JudgedHit {
  const sent: Hit = {
    id,
    kind: 'postback',
    at: receivedAt,
    method: 'GET',
    host: 'track.example.com',
    path: '/own',
    rawQuery: '',
    params: [['cid', 'c']],
    ip: '203.0.113.9',
    userAgent: 'curl',
    referrer: '',
    ...request,
  }
  return {
    id,
    workspace,
    kind: 'postback',
    receivedAt,
    judgedAt: receivedAt,
    outcome: 'duplicate',
    reason: '',
    attribution: 'cid',
    clickId: '',
    conversionId: '',
    affiliateNetworkId: '',
    advertiserId: '',
    affiliateId: '',
    ip: sent.ip,
    steps: [],
    rematchAt: null,
    ...changes,
    request: sent,
  }
}
