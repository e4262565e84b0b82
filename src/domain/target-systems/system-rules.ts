import { ga4Rules } from './ga4.ts'
import { microsoftAdsRules } from './microsoft-ads.ts'
import { pinterestRules } from './pinterest.ts'
import { slackRules } from './slack.ts'
import { snapchatRules } from './snapchat.ts'
import type { SystemRules, TargetSystem } from './target-system.ts'
import { telegramRules } from './telegram.ts'
import { webhookRules } from './webhook.ts'

const RULES: Partial<Readonly<Record<TargetSystem, SystemRules>>> = {
  microsoft_ads: microsoftAdsRules,
  snapchat: snapchatRules,
  pinterest: pinterestRules,
  ga4: ga4Rules,
  slack: slackRules,
  telegram: telegramRules,
  webhook: webhookRules,
}

/** The rules of a system; undefined for one that this version does not know. */
export function rulesOf(system: TargetSystem): SystemRules | undefined {
  return RULES[system]
}
