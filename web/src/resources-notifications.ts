import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from './api.ts'
import type { components } from './api-types.ts'
import { type Listed, useItems } from './resource.ts'
import { type NotificationTarget, targets } from './resources.ts'
import { webhooks } from './resources-network.ts'
import { useMayManage } from './session.ts'
import { deliveryTexts, receiverTexts as words } from './texts-deliveries.ts'

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

/** What every role may know of whom a delivery goes to; null for one that is deleted. */
export type Receiver = Delivery['receiver']

/** Tells whom a delivery goes to, by what the server says of it. */
export function useReceiverLabel(): (receiver: Receiver | undefined) => string {
  const systems = useItems(targetSystems).data ?? []
  return (receiver) => {
    if (receiver === null || receiver === undefined) return deliveryTexts.gone
    const { kind, system, host } = receiver
    return words.kinds[kind](labelOfTarget({ url: host, system }, systems))
  }
}

/** How a receiver stands, and where more is said of it. */
export type ReceiverStanding = {
  readonly href: string
  readonly standing: Pick<NotificationTarget, 'status' | 'disabledReason' | 'areSecretsReadable' | 'health'>
}

/** The standing of one receiver, looked at again and again; undefined where one may not read it, or before it is known. */
export function useReceiverStanding(
  kind: NonNullable<Receiver>['kind'] | undefined,
  id: string,
  refreshMs: number,
): ReceiverStanding | undefined {
  const params = { path: { id } }
  const mayManage = useMayManage()
  const target = useQuery({
    queryKey: [targets.name, id],
    queryFn: () => answerOf(api.GET('/api/v1/notification-targets/{id}', { params })),
    enabled: kind === 'target',
    refetchInterval: refreshMs,
  }).data
  const webhook = useQuery({
    queryKey: [webhooks.name, id],
    queryFn: () => answerOf(api.GET('/api/v1/webhooks/{id}', { params })),
    enabled: kind === 'webhook' && mayManage,
    refetchInterval: refreshMs,
  }).data
  const channel = useQuery({
    queryKey: [alertChannels.name, id],
    queryFn: () => answerOf(api.GET('/api/v1/alert-channels/{id}', { params })),
    enabled: kind === 'channel' && mayManage,
    refetchInterval: refreshMs,
  }).data
  if (target !== undefined) return { href: `/notification-targets/${id}`, standing: target }
  if (webhook !== undefined) return { href: '/settings/webhooks', standing: webhook }
  return channel && { href: '/settings/alerts', standing: channel }
}

/** Whom deliveries can be asked for: targets, webhooks and alert channels, as far as one may list them. */
export function useReceiverChoices(): readonly Choice[] {
  const systems = useItems(targetSystems).data ?? []
  const own = useItems(targets).data ?? []
  const hooks = useQuery({
    queryKey: [webhooks.name],
    queryFn: async () => (await webhooks.list({ limit: 200 })).items,
    enabled: useMayManage(),
  }).data
  const channels = useAlertChannels().data?.items
  return numbered([
    ...own.map((target) => ({ value: target.id, label: labelOfTarget(target, systems) })),
    ...(hooks ?? []).map(({ id, url }) => ({ value: id, label: words.kinds.webhook(hostOf(url)) })),
    ...(channels ?? []).map((channel) => ({
      value: channel.id,
      label: words.kinds.channel(labelOfTarget(channel, systems)),
    })),
  ])
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
