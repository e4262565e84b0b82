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
}

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
  const { delaySeconds, percent, status, systemSecretNames: secretNames } = target
  return {
    id,
    type,
    url,
    // The API answers with a system that it knows.
    system: target.system as SystemName,
    settings,
    systemSecrets: {},
    secretNames,
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
export function toTargetBody({ type, system, url, settings, systemSecrets, ...conditions }: TargetValues) {
  const { events, statuses, onlyFirst, onlyWithPayout, delaySeconds, percent, status } = conditions
  const called = { type, system, url: url.trim(), settings, systemSecrets }
  return { ...called, events, statuses, onlyFirst, onlyWithPayout, delaySeconds, percent, status }
}

/** Whether it names anybody to call. */
export function callsSomebody({ url, system }: TargetValues): boolean {
  return url.trim() !== '' || system !== ''
}
