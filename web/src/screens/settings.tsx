import { Tabs } from '@mantine/core'
import { Page } from '../parts/page.tsx'
import { navigate, type PathParams } from '../router.tsx'
import { isKey, texts } from '../texts.ts'
import { ApiKeys } from './api-keys.tsx'
import { WorkspaceSettings } from './workspace-settings.tsx'

/** What belongs to the workspace as a whole. */
export function Settings({ params }: { readonly params: PathParams }) {
  const tab = isKey(texts.settings.tabs, params.tab) ? params.tab : 'workspace'
  return (
    <Page title={texts.settings.title}>
      <Tabs value={tab} onChange={(chosen) => navigate(`/settings/${chosen ?? ''}`)} keepMounted={false}>
        <Tabs.List>
          {Object.entries(texts.settings.tabs).map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="workspace" pt="lg">
          <WorkspaceSettings />
        </Tabs.Panel>
        <Tabs.Panel value="api-keys" pt="lg">
          <ApiKeys />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
