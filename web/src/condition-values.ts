import { type Operator, takesValues } from './conditions.ts'
import { isKey } from './texts.ts'
import { conditionTexts as words } from './texts-conditions.ts'

/** Names as visits have them: those of devices that make most of the traffic. Any other can be typed. */
const SUGGESTIONS: Readonly<Record<string, readonly string[]>> = {
  os: 'Android,iOS,Windows,macOS,ChromeOS,Linux,Ubuntu,Tizen,webOS,PlayStation'.split(','),
  browser:
    'Chrome,Safari,Edge,Firefox,Samsung Internet,Opera,Chrome WebView,Facebook,Instagram,TikTok,Yandex,UCBrowser,MIUI Browser,Huawei Browser'.split(
      ',',
    ),
  device_brand:
    'Apple,Samsung,Xiaomi,Google,Huawei,OPPO,Vivo,Motorola,OnePlus,Realme,TECNO,Infinix,Nokia,LG,Sony'.split(
      ',',
    ),
}
/** Filled by the ASN database alone. */
const BY_ASN: ReadonlySet<string> = new Set(['isp', 'asn', 'connection_type', 'proxy'])

/** What a field's values often are, for fields that may have others too. */
export function suggestionsOf(field: string): readonly string[] {
  return Object.hasOwn(SUGGESTIONS, field) ? (SUGGESTIONS[field] ?? []) : []
}

/** Whether the field is empty for everybody where the installation has no ASN database. */
export function needsAsnDatabase(field: string): boolean {
  return BY_ASN.has(field)
}

/** What may be typed as a value, and how it is compared; '' where the choice says it. */
export function valuesHint(field: string, operator: Operator, timeZone: string): string {
  if (isKey(words.comparisons, operator)) return words.comparisons[operator]
  if (field === 'hour' || field === 'weekday') return takesValues(operator) ? words[field](timeZone) : ''
  if (field === 'bot') return words.fields.bot
  if (!takesValues(operator)) return ''
  if (operator === 'greater' || operator === 'less') return orderHint(field)
  if (isKey(words.fields, field)) return words.fields[field]
  return /^(sub\d+|token:|param:)/.test(field) ? words.free : ''
}

function orderHint(field: string): string {
  return field.endsWith('_version') ? words.version.greater : words.version.number
}
