import type { Me } from './session.ts'
import { isKey } from './texts.ts'
import { settingsTabs } from './texts-billing.ts'

export type SettingsTab = keyof typeof settingsTabs

const SEEN_BY_ALL: readonly SettingsTab[] = ['account', 'workspace', 'network', 'alerts', 'retention']
const SEEN: Readonly<Record<Me['workspace']['role'], readonly SettingsTab[]>> = {
  owner: Object.keys(settingsTabs).filter((tab) => isKey(settingsTabs, tab)),
  manager: [...SEEN_BY_ALL, 'webhooks', 'audit-log'],
  viewer: SEEN_BY_ALL,
  affiliate_manager: ['account'],
  affiliate: ['account'],
}

/** The parts of the settings that a role sees: who may not read a part does not see its tab. */
export function seenSettings(role: Me['workspace']['role']): readonly SettingsTab[] {
  return SEEN[role]
}
