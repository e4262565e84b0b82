import type { Hit, HitAnswer } from '../domain/hit.ts'
import type { ReconciliationRow } from '../store/reconciliations.ts'
import { type ByHandDeps, buildReportedHit, findOwnVisits, NO_VISIT } from './by-hand.ts'
import { theirMicros } from './reconcile-compare.ts'
import { type TheirLine, theirLineSchema } from './reconcile-line.ts'
import { type Applying, deedOn, type RowDeps, type RowOutcome, refused } from './reconcile-row.ts'

/** What the rows of one batch need: the conversion of each is judged as a postback is. */
export type UnknownDeps = ByHandDeps & Pick<RowDeps, 'changeAmounts'>

type Reported = { readonly row: ReconciliationRow; readonly hit: Hit }

/**
 * Records conversions that the advertiser lists and we do not have, those whose visit or affiliate and offer the line
 * tells. A row's hit has the same id whenever it is judged: judged again it counts nothing.
 * @param at when a conversion without a time happened, Unix milliseconds.
 * @throws JudgeUnavailableError, LedgerUnavailableError
 */
export async function recordUnknownRows(
  deps: UnknownDeps,
  applying: Applying,
  rows: readonly ReconciliationRow[],
  at: number,
): Promise<readonly RowOutcome[]> {
  if (rows.length === 0) return []
  const lines = rows.map((row) => ({ row, theirs: theirLineSchema.parse(row.params) }))
  const { workspace, advertiserId } = applying.reconciliation
  const visits = await findOwnVisits(
    deps,
    workspace,
    lines.map(({ theirs }) => theirs.cid),
  )
  const reported: Reported[] = []
  const outcomes: RowOutcome[] = []
  for (const { row, theirs } of lines) {
    const visit = visits.get(theirs.cid)?.visit
    const isTheirs = visit?.advertiser_id === advertiserId
    const problem = visit === undefined ? clicklessProblem(applying, theirs) : isTheirs ? '' : OTHERS_VISIT
    if (problem === '')
      reported.push({ row, hit: buildHit(applying, row, { theirs, at, byVisit: isTheirs }) })
    else outcomes.push({ ...refused(row, problem), outcome: 'unmatched' })
  }
  const answers = await deps.judge.judge(reported.map(({ hit }) => hit))
  for (const [index, { row }] of reported.entries()) {
    outcomes.push(await toOutcome(deps, applying, row, answers[index]))
  }
  return outcomes
}

const OTHERS_VISIT = 'the visit of that click id went to another advertiser'

/** '' when affiliate and offer tell whose conversion it is: they must be the workspace's, the offer the advertiser's. */
function clicklessProblem({ reconciliation, configuration }: Applying, theirs: TheirLine): string {
  const { workspace, advertiserId } = reconciliation
  if (theirs.offer === '' || theirs.affiliate === '')
    return theirs.cid === '' ? 'without a click id it needs affiliate and offer' : NO_VISIT
  const offer = configuration.offers.get(theirs.offer)
  if (offer?.workspace !== workspace || offer.advertiserId !== advertiserId)
    return 'the advertiser has no offer of that id'
  if (configuration.affiliates.get(theirs.affiliate)?.workspace !== workspace)
    return 'no affiliate has that id'
  return theirs.txid === '' ? 'without a click id it needs a transaction id' : ''
}

function buildHit(
  { reconciliation, actor }: Applying,
  { n }: ReconciliationRow,
  of: { readonly theirs: TheirLine; readonly at: number; readonly byVisit: boolean },
): Hit {
  const { txid, event, status, cid, offer, affiliate, amount, currency, time } = of.theirs
  const place = of.byVisit ? { cid } : { offer, affiliate }
  // What an advertiser pays is no sale: it becomes the revenue once the conversion is there.
  const isSale = reconciliation.summary.amountIs === 'sale' && amount !== ''
  const params = { ...place, txid, event, status, ...(isSale && { payout: amount, currency }) }
  return buildReportedHit({
    id: `reconciliation:${reconciliation.id}:${n}`,
    kind: 'upload',
    at: time === '' ? of.at : Number(time),
    params: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== '')),
    notify: true,
    actor,
  })
}

async function toOutcome(
  deps: UnknownDeps,
  applying: Applying,
  row: ReconciliationRow,
  answer: HitAnswer | undefined,
): Promise<RowOutcome> {
  if (answer === undefined) throw new TypeError('the judge gave no answer')
  const { outcome, reason = '', conversion } = answer
  const { n } = row
  if (outcome !== 'recorded' || conversion === undefined) return { n, outcome, detail: reason }
  const problem = await takeRevenue(deps, applying, row, conversion)
  return { n, outcome, detail: problem }
}

/** @returns why the revenue is not as the file has it; '' when it is. */
async function takeRevenue(
  { changeAmounts }: UnknownDeps,
  applying: Applying,
  row: ReconciliationRow,
  id: string,
): Promise<string> {
  const { configuration, reconciliation, confirmPayoutAboveRevenue } = applying
  const { amountIs, currency } = reconciliation.summary
  if (amountIs === 'sale') return ''
  const line = theirLineSchema.parse(row.params)
  const theirs = theirMicros(line, { currency, conversion: undefined, configuration })
  if (!theirs.ok) return theirs.reason
  if (theirs.micros === undefined) return ''
  const deed = { ...deedOn(applying, { id }), confirmPayoutAboveRevenue }
  const changed = await changeAmounts({ ...deed, revenueMicros: theirs.micros })
  return changed.ok ? '' : changed.reason
}
