import type { SystemRules, TargetSystem } from './target-system.ts'

const RULES: Partial<Readonly<Record<TargetSystem, SystemRules>>> = {}

/** The rules of a system; undefined for one that this version does not know. */
export function rulesOf(system: TargetSystem): SystemRules | undefined {
  return RULES[system]
}
