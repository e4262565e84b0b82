import type { NotificationTarget } from './resources.ts'
import type { targetSystems } from './resources-notifications.ts'

/** What of a target a form on its owner's screen changes. */
export type TargetFields = Pick<
  NotificationTarget,
  | 'type'
  | 'url'
  | 'settings'
  | 'events'
  | 'statuses'
  | 'onlyFirst'
  | 'onlyWithPayout'
  | 'delaySeconds'
  | 'percent'
  | 'status'
> & {
  /** '' for a plain URL. */
  readonly system: SystemName
  /** Credentials that are typed anew. */
  readonly systemSecrets: Readonly<Record<string, string>>
  /** Credentials that are set already. */
  readonly secretNames: readonly string[]
  /** Custom headers as the form shows them. */
  readonly headers: readonly HeaderRow[]
  /** Of headers that are set already. */
  readonly headerNames: readonly string[]
}

/** A header's value is a secret: what is set has none to show, and keeps it while none is typed. */
export type HeaderRow = { readonly name: string; readonly value: string }

/** A target of a form; one without an id is not saved yet, one that calls nobody is left out. */
export type TargetValues = TargetFields & { readonly id?: string }

type Systems = Awaited<ReturnType<typeof targetSystems.list>>['items'][number]['system']
export type SystemName = Systems | ''

export const EMPTY_TARGET: TargetValues = {
  type: 'postback',
  system: '',
  url: '',
  settings: {},
  systemSecrets: {},
  secretNames: [],
  headers: [],
  headerNames: [],
  events: [],
  statuses: [],
  onlyFirst: false,
  onlyWithPayout: false,
  delaySeconds: 0,
  percent: 100,
  status: 'active',
}

export function toTargetValues(target: NotificationTarget): TargetValues {
  const { id, type, url, settings, events, statuses, onlyFirst, onlyWithPayout } = target
  const { delaySeconds, percent, status, systemSecretNames: secretNames, headerNames } = target
  return {
    id,
    type,
    url,
    // The API answers with a system that it knows.
    system: target.system as SystemName,
    settings,
    systemSecrets: {},
    secretNames,
    headers: headerNames.map((name) => ({ name, value: '' })),
    headerNames,
    events,
    statuses,
    onlyFirst,
    onlyWithPayout,
    delaySeconds,
    percent,
    status,
  }
}

/** What the API is told of it. */
export function toTargetBody(target: TargetValues) {
  const { type, system, url, settings, systemSecrets, ...conditions } = target
  const { events, statuses, onlyFirst, onlyWithPayout, delaySeconds, percent, status } = conditions
  const called = { type, system, url: url.trim(), settings, systemSecrets, headers: toHeaders(target) }
  return { ...called, events, statuses, onlyFirst, onlyWithPayout, delaySeconds, percent, status }
}

/** What is typed, and '' for what was taken away; only a call of a server has headers of its own. */
function toHeaders({ type, system, headers, headerNames }: TargetValues): Record<string, string> {
  const rows = type === 'postback' && system === '' ? headers.filter(({ name }) => name.trim() !== '') : []
  const kept = new Set(rows.map(({ name }) => name.trim().toLowerCase()))
  const gone = headerNames.filter((name) => !kept.has(name)).map((name) => [name, ''] as const)
  const typed = rows
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => [name.trim(), value] as const)
  return Object.fromEntries([...gone, ...typed])
}

/** As it is after saving: what was secret is set, and not shown again. */
export function asSavedTarget(target: TargetValues): TargetValues {
  const secretNames = [...new Set([...target.secretNames, ...Object.keys(target.systemSecrets)])]
  const known = new Set(target.headerNames)
  const names = target.headers
    .filter(({ name, value }) => name.trim() !== '' && (value !== '' || known.has(name)))
    .map(({ name }) => name.trim().toLowerCase())
  const headerNames = [...new Set(names)]
  const headers = headerNames.map((name) => ({ name, value: '' }))
  return { ...target, systemSecrets: {}, secretNames, headers, headerNames }
}

/** Whether it names anybody to call. */
export function callsSomebody({ url, system }: TargetValues): boolean {
  return url.trim() !== '' || system !== ''
}
