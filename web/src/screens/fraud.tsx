import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { FraudRerun } from '../parts/fraud-rerun.tsx'
import { FraudRules } from '../parts/fraud-rules.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { setQuery, usePlace } from '../router.tsx'
import { isKey } from '../texts.ts'
import { fraudTexts as words } from '../texts-corrections.ts'

/** What counts as no person: rules for visits to come, and for those that are recorded. */
export function Fraud() {
  const wanted = usePlace().query.get('tab')
  const tab = isKey(words.tabs, wanted) ? wanted : 'rules'
  return (
    <Page title={words.title} lead={words.lead}>
      <Tabs value={tab} onChange={(chosen) => setQuery({ tab: chosen ?? undefined })} keepMounted={false}>
        <Tabs.List>
          {Object.entries(words.tabs).map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="rules" pt="lg">
          <Rules />
        </Tabs.Panel>
        <Tabs.Panel value="rerun" pt="lg">
          <FraudRerun />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function Rules() {
  const query = useQuery({
    queryKey: ['settings'],
    queryFn: () => answerOf(api.GET('/api/v1/settings')),
    gcTime: 0,
  })
  return <Loaded query={query}>{(settings) => <FraudRules fraud={settings.fraud} />}</Loaded>
}
