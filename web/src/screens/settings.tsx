import { Tabs } from '@mantine/core'
import { Page } from '../parts/page.tsx'
import { navigate, type PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { hiddenSettings, type SettingsTab } from '../settings-tabs.ts'
import { isKey, texts } from '../texts.ts'
import { settingsTabs } from '../texts-billing.ts'
import { AlertSettings } from './alert-settings.tsx'
import { ApiKeys } from './api-keys.tsx'
import { Members } from './members.tsx'
import { NetworkSettings } from './network-settings.tsx'
import { RetentionSettings } from './retention-settings.tsx'
import { Webhooks } from './webhooks.tsx'
import { WorkspaceSettings } from './workspace-settings.tsx'

/** What belongs to the workspace as a whole. */
export function Settings({ params }: { readonly params: PathParams }) {
  const { role } = useMe().workspace
  const hidden = hiddenSettings(role)
  const wanted: SettingsTab = isKey(settingsTabs, params.tab) ? params.tab : 'workspace'
  const tab = hidden.includes(wanted) ? 'workspace' : wanted
  return (
    <Page title={texts.settings.title}>
      <Tabs value={tab} onChange={(chosen) => navigate(`/settings/${chosen ?? ''}`)} keepMounted={false}>
        <Tabs.List>
          {Object.entries(settingsTabs)
            .filter(([value]) => !hidden.some((each) => each === value))
            .map(([value, label]) => (
              <Tabs.Tab key={value} value={value}>
                {label}
              </Tabs.Tab>
            ))}
        </Tabs.List>
        <Tabs.Panel value="workspace" pt="lg">
          <WorkspaceSettings />
        </Tabs.Panel>
        <Tabs.Panel value="network" pt="lg">
          <NetworkSettings />
        </Tabs.Panel>
        <Tabs.Panel value="members" pt="lg">
          <Members />
        </Tabs.Panel>
        <Tabs.Panel value="webhooks" pt="lg">
          <Webhooks />
        </Tabs.Panel>
        <Tabs.Panel value="alerts" pt="lg">
          <AlertSettings />
        </Tabs.Panel>
        <Tabs.Panel value="retention" pt="lg">
          <RetentionSettings />
        </Tabs.Panel>
        <Tabs.Panel value="api-keys" pt="lg">
          <ApiKeys />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
