import { Badge } from '@mantine/core'
import { portalTexts } from '../texts-portal.ts'
import type { PortalOffer, PortalPostback } from './portal-data.ts'

type Standing = keyof typeof portalTexts.standing

const STANDING_COLORS: Readonly<Record<Standing, string>> = {
  run: 'green',
  apply: 'gray',
  accept: 'gray',
  pending: 'yellow',
  rejected: 'red',
  blocked: 'red',
  paused: 'gray',
  ended: 'gray',
}

/** Whether the affiliate may run the offer, and if not what stands in the way. */
export function StandingBadge({ offer }: { readonly offer: PortalOffer }) {
  const standing = standingOf(offer)
  return <Word word={portalTexts.standing[standing]} color={STANDING_COLORS[standing]} />
}

/** What stands between the affiliate and the offer. */
export function standingOf({ status, mayRun, visibility, application }: PortalOffer): Standing {
  if (status === 'expired' || status === 'deleted') return 'ended'
  if (application.state === 'blocked') return 'blocked'
  if (status !== 'active') return 'paused'
  if (mayRun) return 'run'
  if (application.state === 'pending' || application.state === 'rejected') return application.state
  return application.state === 'none' && visibility !== 'public' ? 'apply' : 'accept'
}

export type PostbackState = keyof typeof portalTexts.moderation

const STATE_COLORS: Readonly<Record<PostbackState, string>> = {
  pending: 'yellow',
  approved: 'green',
  rejected: 'red',
  off: 'gray',
}

/** The network's verdict, unless the postback is switched off anyway. */
export function postbackState({ status, moderation }: PortalPostback): PostbackState {
  return status === 'disabled' ? 'off' : moderation
}

export function PostbackBadge({ postback }: { readonly postback: PortalPostback }) {
  const state = postbackState(postback)
  return <Word word={portalTexts.moderation[state]} color={STATE_COLORS[state]} />
}

/** The word says it all; the colour only repeats it. */
function Word({ word, color }: { readonly word: string; readonly color: string }) {
  return (
    <Badge variant="dot" color={color} miw="max-content">
      {word}
    </Badge>
  )
}
