import { type ComponentType, lazy, Suspense } from 'react'
import { Lines } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { type SettingsGroup, SettingsNav } from '../parts/settings-nav.tsx'
import type { PathParams } from '../router.tsx'
import { type Me, useMe } from '../session.ts'
import { isKey, texts } from '../texts.ts'
import { settingsTabs } from '../texts-billing.ts'
import { settingsNavTexts as words } from '../texts-settings.ts'

type Tab = keyof typeof settingsTabs

/** Each part is loaded when somebody goes there. */
const PARTS: Readonly<Record<Tab, ComponentType>> = {
  account: lazy(async () => ({ default: (await import('./account.tsx')).Account })),
  workspace: lazy(async () => ({ default: (await import('./workspace-settings.tsx')).WorkspaceSettings })),
  network: lazy(async () => ({ default: (await import('./network-settings.tsx')).NetworkSettings })),
  members: lazy(async () => ({ default: (await import('./members.tsx')).Members })),
  'api-keys': lazy(async () => ({ default: (await import('./api-keys.tsx')).ApiKeys })),
  webhooks: lazy(async () => ({ default: (await import('./webhooks.tsx')).Webhooks })),
  alerts: lazy(async () => ({ default: (await import('./alert-settings.tsx')).AlertSettings })),
  retention: lazy(async () => ({ default: (await import('./retention-settings.tsx')).RetentionSettings })),
  'audit-log': lazy(async () => ({ default: (await import('./audit-log.tsx')).AuditLog })),
  system: lazy(async () => ({ default: (await import('./system-status.tsx')).SystemStatus })),
}

const GROUPS: readonly (readonly [label: string, tabs: readonly Tab[]])[] = [
  [words.groups.you, ['account']],
  [words.groups.workspace, ['workspace', 'network', 'members']],
  [words.groups.connections, ['api-keys', 'webhooks', 'alerts']],
  [words.groups.records, ['retention', 'audit-log', 'system']],
]

/** Screens of their own that belong to the workspace, too. */
const ELSEWHERE = [
  { href: '/domains', label: words.domains },
  { href: '/events', label: words.events },
]

const SEEN_BY_ALL: readonly Tab[] = ['account', 'workspace', 'network', 'alerts', 'retention']
const SEEN: Readonly<Record<Me['workspace']['role'], readonly Tab[]>> = {
  owner: Object.keys(settingsTabs).filter((tab) => isKey(settingsTabs, tab)),
  manager: [...SEEN_BY_ALL, 'webhooks', 'audit-log'],
  viewer: SEEN_BY_ALL,
  affiliate_manager: ['account'],
  affiliate: ['account'],
}

/** What belongs to the person, to the workspace as a whole and to the installation. */
export function Settings({ params }: { readonly params: PathParams }) {
  const { role } = useMe().workspace
  const seen = SEEN[role]
  const first = seen.includes('workspace') ? 'workspace' : 'account'
  const tab = isKey(settingsTabs, params.tab) && seen.includes(params.tab) ? params.tab : first
  const Part = PARTS[tab]
  return (
    <Page title={texts.settings.title}>
      <title>{`${settingsTabs[tab]} · ${texts.settings.title} · ${texts.product}`}</title>
      <SettingsNav groups={groupsOf(seen)} current={hrefOf(tab)}>
        <Suspense key={tab} fallback={<Lines />}>
          <Part />
        </Suspense>
      </SettingsNav>
    </Page>
  )
}

function groupsOf(seen: readonly Tab[]): readonly SettingsGroup[] {
  return GROUPS.map(([label, tabs]) => {
    const links = tabs
      .filter((tab) => seen.includes(tab))
      .map((tab) => ({ href: hrefOf(tab), label: settingsTabs[tab] }))
    const isWorkspace = tabs.includes('workspace') && links.length > 0
    return { label, links: isWorkspace ? [...links, ...ELSEWHERE] : links }
  }).filter(({ links }) => links.length > 0)
}

function hrefOf(tab: Tab): string {
  return `/settings/${tab}`
}
