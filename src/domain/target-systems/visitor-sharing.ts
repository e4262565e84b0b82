import type { MacroVisit } from '../macro-values.ts'
import { wholeAddressOf, wholeUserAgentOf } from '../personal-data.ts'
import type { SystemField } from './target-system.ts'

/** Whether a system may get the visitor's address and user agent, which are personal data in most places. */
export const SHARE_VISITOR_FIELD: SystemField = {
  name: 'shareVisitor',
  label: 'Share address and browser of the visitor',
  help: 'Yes only if your visitors were told: IP address and user agent improve matching and are personal data.',
  isRequired: false,
  pattern: '',
  choices: ['no', 'yes'],
}

/** Checks calls with the system and has nothing counted. */
export const TEST_MODE_FIELD: SystemField = {
  name: 'testMode',
  label: 'Test mode',
  help: 'Yes to have conversions checked by the system and not counted.',
  isRequired: false,
  pattern: '',
  choices: ['no', 'yes'],
}

/** The visitor's address and user agent under the names that two systems share; {} when they may not be shared, or are not whole any more. */
export function sharedVisitor(
  visit: MacroVisit,
  settings: Readonly<Record<string, string>>,
): { readonly client_ip_address?: string; readonly client_user_agent?: string } {
  const ip = wholeAddressOf(visit)
  const userAgent = wholeUserAgentOf(visit)
  if (settings.shareVisitor !== 'yes' || ip === '' || userAgent === '') return {}
  return { client_ip_address: ip, client_user_agent: userAgent }
}
