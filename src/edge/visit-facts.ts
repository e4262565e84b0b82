import type { ConditionField } from '../domain/flow.ts'
import { localHourOf } from '../domain/local-hour.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import type { VisitFacts } from '../domain/visit-facts.ts'
import { referrerDomain } from '../domain/visitor.ts'
import type { ClientFacts } from './client-facts.ts'
import { firstValue, type Query } from './query.ts'
import type { VisitDimensions } from './remembered-visit.ts'
import { SUB_NAMES } from './snapshot-index.ts'
import type { VisitorHistory } from './visitor-history.ts'

/** What the conditions of rules may ask about. */
export type FactsSource = {
  readonly client: ClientFacts
  readonly dimensions: VisitDimensions
  readonly query: Query
  readonly history: VisitorHistory
  readonly bot: string
  readonly atMs: number
  /** Of the workspace. */
  readonly timeZone: string
}

type Read = (source: FactsSource) => string

const TOKEN_PREFIX = 'token:'
/** Of `token:` as of `param:`. */
const PREFIX_CHARS = TOKEN_PREFIX.length

/**
 * A look-up costs the same for each field. A switch compares the names one after the other, and those of a snapshot
 * are not the very strings of the program: a field far down took 0.2 µs, twenty rules 3.
 */
const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['country', ({ client }) => client.place.country],
  ['region', ({ client }) => client.place.region],
  ['city', ({ client }) => client.place.city],
  ['isp', ({ client }) => client.place.isp],
  ['asn', ({ client }) => client.place.asn],
  ['connection_type', ({ client }) => client.place.connectionType],
  ['proxy', ({ client }) => client.place.connectionType],
  ['ip', ({ client }) => client.ip],
  ['device_type', ({ client }) => client.device.facts.device_type],
  ['device_brand', ({ client }) => client.device.facts.device_brand],
  ['device_model', ({ client }) => client.device.facts.device_model],
  ['os', ({ client }) => client.device.facts.os],
  ['os_version', ({ client }) => client.device.facts.os_version],
  ['browser', ({ client }) => client.device.facts.browser],
  ['browser_version', ({ client }) => client.device.facts.browser_version],
  ['user_agent', ({ client }) => client.device.userAgent],
  ['language', ({ client }) => client.language],
  ['referrer', ({ client }) => client.referrer],
  ['referrer_domain', ({ client }) => referrerDomain(client.referrer)],
  ['hour', ({ timeZone, atMs }) => localHourOf(atMs, timeZone).hour],
  ['weekday', ({ timeZone, atMs }) => localHourOf(atMs, timeZone).weekday],
  ['visitor', ({ history }) => (history.isNew ? 'new' : 'returning')],
  ['workspace_visitor', ({ history }) => (history.isNewToWorkspace ? 'new' : 'returning')],
  ['bot', ({ bot }) => bot],
  ['external_id', ({ dimensions }) => dimensions.external_id ?? ''],
  ...SUB_NAMES.map((name): [string, Read] => [name, ({ dimensions }) => dimensions[name] ?? '']),
])

/** Finds each value when a condition asks for it. One small object for each visit. */
export class RequestFacts implements VisitFacts {
  readonly #source: FactsSource

  constructor(source: FactsSource) {
    this.#source = source
  }

  value(field: ConditionField): string {
    const read = READERS.get(field)
    return read === undefined ? namedValue(field, this.#source) : read(this.#source)
  }
}

/** `token:NAME` or `param:NAME`. */
function namedValue(field: string, { dimensions, query }: FactsSource): string {
  const name = field.slice(PREFIX_CHARS)
  if (field.startsWith(TOKEN_PREFIX)) {
    const { tokens } = dimensions
    return tokens !== undefined && Object.hasOwn(tokens, name) ? (tokens[name] ?? '') : ''
  }
  const value = firstValue(query, name)
  return isUnfilledMacro(value) ? '' : value
}
