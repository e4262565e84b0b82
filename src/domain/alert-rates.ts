import type { AlertFinding } from './alert.ts'
import { percentText } from './alert-text.ts'
import { paceSurprise, type Share, shareSurprise } from './rate-surprise.ts'

/**
 * Standard deviations. Chance alone gets there once in 30,000 looks; an installation looks at some dozen rates an
 * hour, of which most do not vary by chance alone.
 */
const SURPRISE_MIN = 4
/** Fewer unmatched hits of an hour are nobody's alarm, however unusual. */
const UNMATCHED_MIN = 10
const UNMATCHED_FACTOR = 1.5
/** What is said of a sender of which less is known: half of its hits may be unmatched. */
const USUAL_HITS_MIN = 50
const NEW_SENDER: Share = { count: USUAL_HITS_MIN / 2, of: USUAL_HITS_MIN }
/** Conversions that were to come, or that came: a campaign with fewer is too quiet for a verdict. */
const CONVERSIONS_MIN = 10
const CONVERSIONS_FACTOR = 2

export type SenderHits = {
  /** Of an affiliate network or an advertiser; '' for hits that name neither. */
  readonly senderId: string
  readonly name: string
  /** Unmatched ones of all hits: of the last hour, and of the 14 days before it. */
  readonly lastHour: Share
  readonly usual: Share
}

export function findUnmatchedRates(senders: readonly SenderHits[]): readonly AlertFinding[] {
  return senders.filter(isUnmatchedUnusual).map((sender) => {
    const { senderId, name, lastHour, usual } = sender
    const text = [
      `${lastHour.count} of ${lastHour.of} hits of the last hour name no visit: ${percentText(lastHour.count, lastHour.of)}.`,
      usual.of < USUAL_HITS_MIN
        ? 'It is new: there is no usual rate yet.'
        : `Usually it is ${percentText(usual.count, usual.of)}.`,
      'Mostly the click id is missing or is sent under another name.',
    ]
    const title = `Hits of ${name} find no visit`
    return {
      kind: 'unmatched_rate',
      subjectId: senderId,
      title,
      detail: { text: text.join('\n'), path: '/hits?outcome=unmatched' },
    }
  })
}

function isUnmatchedUnusual({ lastHour, usual }: SenderHits): boolean {
  if (lastHour.count < UNMATCHED_MIN) return false
  const known = usual.of < USUAL_HITS_MIN ? NEW_SENDER : usual
  const isMore = lastHour.count / lastHour.of >= UNMATCHED_FACTOR * (known.count / known.of)
  return isMore && shareSurprise(lastHour, known) >= SURPRISE_MIN
}

export type CampaignPace = {
  readonly campaignId: string
  readonly name: string
  /** The last full hours that were looked at. */
  readonly hours: number
  /** Conversions of visits: of those hours, and of the same hours of the days before. */
  readonly recent: Share
  readonly usual: Share
}

/** One finding for a campaign: by the fewest hours that tell it, so that it is told, and over, early. */
export function findConversionRates(paces: readonly CampaignPace[]): readonly AlertFinding[] {
  const unusual = [...paces].sort((a, b) => a.hours - b.hours).filter(isPaceUnusual)
  const first = new Map<string, CampaignPace>()
  for (const pace of unusual) if (!first.has(pace.campaignId)) first.set(pace.campaignId, pace)
  return [...first.values()].map(paceFinding)
}

function isPaceUnusual({ recent, usual }: CampaignPace): boolean {
  if (recent.of === 0 || usual.of === 0) return false
  const expected = (usual.count / usual.of) * recent.of
  if (Math.abs(paceSurprise(recent, usual)) < SURPRISE_MIN) return false
  if (recent.count < expected)
    return expected >= CONVERSIONS_MIN && recent.count * CONVERSIONS_FACTOR <= expected
  return recent.count >= CONVERSIONS_MIN && recent.count >= CONVERSIONS_FACTOR * expected
}

function paceFinding({ campaignId, name, hours, recent, usual }: CampaignPace): AlertFinding {
  const expected = (usual.count / usual.of) * recent.of
  const text = [
    `${recent.count} conversions of ${recent.of} visits in the last ${hours} full hours: ${percentText(recent.count, recent.of)}.`,
    `At the usual rate of these hours, ${percentText(usual.count, usual.of)}, there were about ${Math.round(expected)} to come.`,
  ]
  const direction = recent.count < expected ? 'far less' : 'far more'
  return {
    kind: 'conversion_rate',
    subjectId: campaignId,
    title: `${name} converts ${direction} than usual`,
    detail: { text: text.join('\n'), path: `/campaigns/${campaignId}` },
  }
}
