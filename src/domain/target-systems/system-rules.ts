import { emailRules } from './email.ts'
import { ga4Rules } from './ga4.ts'
import { googleAdsRules } from './google-ads.ts'
import { metaRules } from './meta.ts'
import { microsoftAdsRules } from './microsoft-ads.ts'
import { pinterestRules } from './pinterest.ts'
import { slackRules } from './slack.ts'
import { snapchatRules } from './snapchat.ts'
import type { SystemRules, TargetSystem } from './target-system.ts'
import { telegramRules } from './telegram.ts'
import { tiktokRules } from './tiktok.ts'
import { webhookRules } from './webhook.ts'

const RULES: Readonly<Record<TargetSystem, SystemRules>> = {
  meta: metaRules,
  google_ads: googleAdsRules,
  tiktok: tiktokRules,
  microsoft_ads: microsoftAdsRules,
  snapchat: snapchatRules,
  pinterest: pinterestRules,
  ga4: ga4Rules,
  slack: slackRules,
  telegram: telegramRules,
  webhook: webhookRules,
  email: emailRules,
}

/** The rules of a system; undefined for one that this version does not know. */
export function rulesOf(system: TargetSystem): SystemRules | undefined {
  return RULES[system]
}
