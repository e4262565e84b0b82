import type { NetworkSettings } from './affiliate.ts'
import { sha256Hex } from './sha256.ts'
import type { Moderation, NotificationTarget } from './target-types.ts'

/** What is called or shown: an approval is for exactly this. */
export type ModeratedText = Pick<
  NotificationTarget,
  'type' | 'method' | 'url' | 'bodyTemplate' | 'contentType' | 'code'
>

/** How an affiliate's new target begins, by the workspace's settings; iframes, scripts and markup always wait. */
export function moderationOf(
  { type, code }: Pick<NotificationTarget, 'type' | 'code'>,
  settings: Pick<NetworkSettings, 'autoApprovePostbacks' | 'autoApproveImages'>,
): Moderation {
  if (code !== '') return 'pending'
  const approved =
    (type === 'postback' && settings.autoApprovePostbacks) || (type === 'image' && settings.autoApproveImages)
  return approved ? 'approved' : 'pending'
}

/** The same after its affiliate changed it: another text is moderated anew, and the same one keeps its verdict. */
export function moderationAfter(
  before: ModeratedText & Pick<NotificationTarget, 'moderation' | 'moderationReason'>,
  after: ModeratedText,
  settings: Pick<NetworkSettings, 'autoApprovePostbacks' | 'autoApproveImages'>,
): Pick<NotificationTarget, 'moderation' | 'moderationReason'> {
  if (hashOfText(before) === hashOfText(after)) {
    return { moderation: before.moderation, moderationReason: before.moderationReason }
  }
  return { moderation: moderationOf(after, settings), moderationReason: '' }
}

/** SHA-256 in hex: names the text that a moderator saw. */
export function hashOfText({ type, method, url, bodyTemplate, contentType, code }: ModeratedText): string {
  return sha256Hex(JSON.stringify([type, method, url, bodyTemplate, contentType, code]))
}
