import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from './api.ts'
import type { components } from './api-types.ts'
import { type Listed, useItems } from './resource.ts'
import { type NotificationTarget, targets } from './resources.ts'
import { webhooks } from './resources-network.ts'
import { useMayManage } from './session.ts'
import { deliveryTexts } from './texts-deliveries.ts'

type Schemas = components['schemas']
export type Delivery = Schemas['Delivery']
export type DeliveryWithAttempts = Schemas['DeliveryWithAttempts']
export type TargetSystem = Schemas['TargetSystem']
export type SystemField = Schemas['TargetSystemField']
export type AlertChannel = Schemas['AlertChannel']
export type Alert = Schemas['Alert']

/** Systems that are told by their own API, with the fields that each of them asks for. */
export const targetSystems: Listed<TargetSystem> = {
  name: 'target-systems',
  list: async () => ({ ...(await answerOf(api.GET('/api/v1/target-systems'))), nextCursor: null }),
}

export const alertChannels = { name: 'alert-channels' } as const

/** Channels, and whether the installation can send e-mail; managers alone may read them. */
export function useAlertChannels() {
  return useQuery({
    queryKey: [alertChannels.name],
    queryFn: () => answerOf(api.GET('/api/v1/alert-channels')),
    enabled: useMayManage(),
  })
}

/** What people know a target by: its system, else the host that it calls. */
export function labelOfTarget(
  { url, system }: Pick<NotificationTarget, 'url' | 'system'>,
  systems: readonly TargetSystem[],
): string {
  if (system !== '') return systems.find((each) => each.system === system)?.label ?? system
  return hostOf(url)
}

/** The host that a URL with macros calls; the URL itself when it has none. */
export function hostOf(url: string): string {
  return /^\w+:\/\/([^/?#]+)/.exec(url)?.[1] ?? url
}

export type Choice = { readonly value: string; readonly label: string }

/** How a receiver stands, and where more is said of it. */
export type Receiver = {
  readonly kind: 'target' | 'webhook' | 'channel'
  readonly href: string
  readonly standing: Pick<NotificationTarget, 'status' | 'disabledReason' | 'areSecretsReadable' | 'health'>
}

/** Whom deliveries go to, by id: targets, webhooks and alert channels, as far as one may read them. */
export function useReceivers(): {
  readonly choices: readonly Choice[]
  readonly labelOf: (id: string) => string
  /** Undefined for one that is gone, or that one may not read. */
  readonly receiverOf: (id: string) => Receiver | undefined
} {
  const systems = useItems(targetSystems).data ?? []
  const own = useItems(targets).data ?? []
  const mayManage = useMayManage()
  const hooks = useQuery({
    queryKey: [webhooks.name],
    queryFn: async () => (await webhooks.list({ limit: 200 })).items,
    enabled: mayManage,
  }).data
  const channels = useAlertChannels().data?.items
  const choices: readonly Choice[] = [
    ...own.map((target) => ({ value: target.id, label: labelOfTarget(target, systems) })),
    ...(hooks ?? []).map(({ id, url }) => ({ value: id, label: `Webhook · ${hostOf(url)}` })),
    ...(channels ?? []).map((channel) => ({
      value: channel.id,
      label: `Alerts · ${labelOfTarget(channel, systems)}`,
    })),
  ]
  const labels = new Map(choices.map(({ value, label }) => [value, label]))
  const receiverOf = (id: string): Receiver | undefined => {
    const target = own.find((each) => each.id === id)
    if (target !== undefined) {
      return { kind: 'target', href: `/notification-targets/${id}`, standing: target }
    }
    const hook = hooks?.find((each) => each.id === id)
    if (hook !== undefined) return { kind: 'webhook', href: '/settings/webhooks', standing: hook }
    const channel = channels?.find((each) => each.id === id)
    return channel && { kind: 'channel', href: '/settings/alerts', standing: channel }
  }
  return {
    choices: numbered(choices),
    labelOf: (id) => labels.get(id) ?? deliveryTexts.gone,
    receiverOf,
  }
}

/** Two targets may call the same host: a select needs to tell them apart. */
function numbered(choices: readonly Choice[]): readonly Choice[] {
  const seen = new Map<string, number>()
  return choices.map(({ value, label }) => {
    const count = (seen.get(label) ?? 0) + 1
    seen.set(label, count)
    return { value, label: count === 1 ? label : `${label} (${count})` }
  })
}
