import { slackRules } from './slack.ts'
import type { SystemRules, TargetSystem } from './target-system.ts'
import { telegramRules } from './telegram.ts'
import { webhookRules } from './webhook.ts'

const RULES: Partial<Readonly<Record<TargetSystem, SystemRules>>> = {
  slack: slackRules,
  telegram: telegramRules,
  webhook: webhookRules,
}

/** The rules of a system; undefined for one that this version does not know. */
export function rulesOf(system: TargetSystem): SystemRules | undefined {
  return RULES[system]
}
