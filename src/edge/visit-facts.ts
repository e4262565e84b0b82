import type { ConditionField } from '../domain/flow.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import type { VisitFacts } from '../domain/visit-facts.ts'
import { referrerDomain } from '../domain/visitor.ts'
import type { ClientFacts } from './client-facts.ts'
import { firstValue, type Query } from './query.ts'
import type { VisitDimensions } from './remembered-visit.ts'
import type { VisitorHistory } from './visitor-history.ts'
import { zonedTime } from './zoned-time.ts'

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

const TOKEN_PREFIX = 'token:'
/** Of `token:` as of `param:`. */
const PREFIX_CHARS = TOKEN_PREFIX.length

/** Finds each value when a condition asks for it. One small object for each visit to a flow with rules. */
export class RequestFacts implements VisitFacts {
  readonly #source: FactsSource

  constructor(source: FactsSource) {
    this.#source = source
  }

  value(field: ConditionField): string {
    const { client, dimensions, history, bot, atMs, timeZone } = this.#source
    switch (field) {
      case 'country':
      case 'region':
      case 'city':
      case 'isp':
      case 'asn':
        return client.place[field]
      case 'connection_type':
      case 'proxy':
        return client.place.connectionType
      case 'ip':
      case 'language':
      case 'referrer':
        return client[field]
      case 'referrer_domain':
        return referrerDomain(client.referrer)
      case 'user_agent':
        return client.device.userAgent
      case 'device_type':
      case 'device_brand':
      case 'device_model':
      case 'os':
      case 'os_version':
      case 'browser':
      case 'browser_version':
        return client.device.facts[field]
      case 'hour':
      case 'weekday':
        return zonedTime(timeZone, atMs)[field]
      case 'visitor':
        return history.isNew ? 'new' : 'returning'
      case 'workspace_visitor':
        return history.isNewToWorkspace ? 'new' : 'returning'
      case 'bot':
        return bot
      case 'external_id':
        return dimensions.external_id ?? ''
      case 'sub1':
      case 'sub2':
      case 'sub3':
      case 'sub4':
      case 'sub5':
      case 'sub6':
      case 'sub7':
      case 'sub8':
      case 'sub9':
      case 'sub10':
        return dimensions[field] ?? ''
      default:
        return this.#namedValue(field)
    }
  }

  /** `token:NAME` or `param:NAME`. */
  #namedValue(field: string): string {
    const { dimensions, query } = this.#source
    const name = field.slice(PREFIX_CHARS)
    if (field.startsWith(TOKEN_PREFIX)) {
      const { tokens } = dimensions
      return tokens !== undefined && Object.hasOwn(tokens, name) ? (tokens[name] ?? '') : ''
    }
    const value = firstValue(query, name)
    return isUnfilledMacro(value) ? '' : value
  }
}
