import type { Person } from '../person.ts'
import type {
  AuthorizedCall,
  SystemCall,
  SystemConversion,
  SystemCredentials,
  SystemField,
} from './target-system.ts'

/**
 * What Meta, TikTok, Snapchat and Pinterest have alike: each takes from a server the events that its own pixel takes
 * from the pages of a site. How an event is put together, and what must be known of a person, each says for itself.
 */

/**
 * The page that every event is told with: a tracker sees the conversion, and not the page where it happened.
 * @param need whether the system asks for it, in one sentence.
 */
export function pageUrlField(need: string): SystemField {
  return {
    name: 'pageUrl',
    label: 'Address of the site',
    help: `Where conversions happen, e.g. https://shop.example/. ${need}`,
    isRequired: true,
    pattern: 'https?://\\S{1,1000}',
    choices: [],
  }
}

/** Has events shown to whoever watches the test page of the system. */
export const TEST_EVENT_CODE_FIELD: SystemField = {
  name: 'testEventCode',
  label: 'Test event code',
  help: 'In Events Manager under Test Events, e.g. TEST12345. While it is set, every event is a test there.',
  isRequired: false,
  pattern: '[A-Za-z0-9]{1,40}',
  choices: [],
}

/** The one credential of such a system. */
export function accessTokenField(described: Pick<SystemField, 'label' | 'help' | 'pattern'>): SystemField {
  return { name: 'accessToken', isRequired: true, choices: [], ...described }
}

/** For systems that take the token in the query, of an address that has none yet. */
export function withTokenInQuery(call: SystemCall, { secrets }: SystemCredentials): AuthorizedCall {
  const token = encodeURIComponent(secrets.accessToken ?? '')
  return { ...call, url: `${call.url}?access_token=${token}`, headers: {} }
}

/** When it happened, in Unix seconds, and what a second event of the same conversion is known by. */
export function stampOf({ id, recordedAt }: Pick<SystemConversion, 'id' | 'recordedAt'>): {
  readonly event_time: number
  readonly event_id: string
} {
  return { event_time: Math.floor(recordedAt / 1_000), event_id: id }
}

/** {} for a conversion without a transaction id. */
export function orderOf({ txid }: Pick<SystemConversion, 'txid'>): { readonly order_id?: string } {
  return txid === '' ? {} : { order_id: txid }
}

/** The person under the names that Meta, Snapchat and Pinterest share, hashed and in lists; {} when nothing is known. */
export function hashesOf(person: Person | null): {
  readonly em?: readonly string[]
  readonly ph?: readonly string[]
} {
  const { emailSha256: email = '', phoneSha256: phone = '' } = person ?? {}
  return { ...(email === '' ? {} : { em: [email] }), ...(phone === '' ? {} : { ph: [phone] }) }
}
