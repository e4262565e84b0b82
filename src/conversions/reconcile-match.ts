import { conversionsOfTxids } from '../store/advertiser-conversions.ts'
import { conversionsOfClicks, type StoredConversion } from '../store/conversions.ts'
import type { Db } from '../store/transaction.ts'
import type { TheirLine } from './reconcile-line.ts'

/** Our conversion that an advertiser's line speaks of. */
export type Match =
  | { readonly kind: 'one'; readonly conversion: StoredConversion }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly conversions: readonly StoredConversion[]; readonly reason: string }

type Advertiser = { readonly workspace: string; readonly advertiserId: string }

/** Finds the conversions of some lines by two queries; answers in their order. */
export async function matchLines(
  db: Db,
  advertiser: Advertiser,
  lines: readonly TheirLine[],
): Promise<readonly Match[]> {
  const byClick = Map.groupBy(
    await conversionsOfClicks(db, advertiser.workspace, given(lines.map(({ cid }) => cid))),
    ({ clickId }) => clickId,
  )
  const byTxid = Map.groupBy(
    await conversionsOfTxids(db, advertiser, given(lines.map(({ txid }) => txid))),
    ({ txid }) => txid,
  )
  return lines.map((line) => {
    const ofClick = (byClick.get(line.cid) ?? []).filter(
      ({ advertiserId }) => advertiserId === advertiser.advertiserId,
    )
    return matchLine(line, ofClick, byTxid.get(line.txid) ?? [])
  })
}

/**
 * By the click id first, else by the transaction id. A line with both means the conversion that has both, or the one
 * that came without a transaction id: what a pixel reports often has none.
 */
function matchLine(
  line: TheirLine,
  ofClick: readonly StoredConversion[],
  ofTxid: readonly StoredConversion[],
): Match {
  const fits = ({ event, offerId }: StoredConversion) =>
    (line.event === '' || line.event.toLowerCase() === event.toLowerCase()) &&
    (line.offer === '' || line.offer === offerId)
  const here = ofClick.filter(fits)
  if (line.txid === '') return only(here, 'the visit has several conversions: name event or transaction id')
  const same = here.filter(({ txid }) => txid === line.txid)
  if (same.length > 0) return only(same, 'the visit has several conversions of that transaction id')
  const without = here.filter(({ txid }) => txid === '')
  if (without.length > 0) return only(without, 'the visit has several conversions: name the event')
  if (line.cid !== '' && here.length > 0) return { kind: 'none' }
  return only(ofTxid.filter(fits), 'several conversions have that transaction id: name offer or click id')
}

function only(found: readonly StoredConversion[], reason: string): Match {
  const [first, ...others] = found
  if (first === undefined) return { kind: 'none' }
  if (others.length === 0) return { kind: 'one', conversion: first }
  return { kind: 'several', conversions: found, reason }
}

function given(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter((value) => value !== '')
}
