import type { Me } from './session.ts'
import type { settingsTabs } from './texts-billing.ts'

export type SettingsTab = keyof typeof settingsTabs

const HIDDEN: Partial<Readonly<Record<Me['workspace']['role'], readonly SettingsTab[]>>> = {
  viewer: ['members', 'webhooks', 'api-keys'],
  manager: ['members', 'api-keys'],
}

/** Who may not read a part of the settings does not see its tab. */
export function hiddenSettings(role: Me['workspace']['role']): readonly SettingsTab[] {
  return HIDDEN[role] ?? []
}
