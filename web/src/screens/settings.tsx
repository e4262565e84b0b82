import { type ComponentType, lazy, Suspense } from 'react'
import { Lines } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { type SettingsGroup, SettingsNav } from '../parts/settings-nav.tsx'
import type { PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { type SettingsTab, seenSettings } from '../settings-tabs.ts'
import { isKey, texts } from '../texts.ts'
import { settingsTabs } from '../texts-billing.ts'
import { settingsNavTexts as words } from '../texts-settings.ts'

/** Each part is loaded when somebody goes there. */
const PARTS: Readonly<Record<SettingsTab, ComponentType>> = {
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

const GROUPS: readonly (readonly [label: string, tabs: readonly SettingsTab[]])[] = [
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

/** What belongs to the person, to the workspace as a whole and to the installation. */
export function Settings({ params }: { readonly params: PathParams }) {
  const { role } = useMe().workspace
  const seen = seenSettings(role)
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

function groupsOf(seen: readonly SettingsTab[]): readonly SettingsGroup[] {
  return GROUPS.map(([label, tabs]) => {
    const links = tabs
      .filter((tab) => seen.includes(tab))
      .map((tab) => ({ href: hrefOf(tab), label: settingsTabs[tab] }))
    const isWorkspace = tabs.includes('workspace') && links.length > 0
    return { label, links: isWorkspace ? [...links, ...ELSEWHERE] : links }
  }).filter(({ links }) => links.length > 0)
}

function hrefOf(tab: SettingsTab): string {
  return `/settings/${tab}`
}
