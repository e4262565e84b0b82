import { Button } from '@mantine/core'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { HEALTH_REFRESH_MS } from '../parts/target-standing.tsx'
import { TargetTable } from '../parts/target-table.tsx'
import { useItems } from '../resource.ts'
import { targets } from '../resources.ts'
import { targetPageTexts as words } from '../texts-targets.ts'

/** Whom the workspace tells of conversions; what affiliates have set up themselves is theirs. */
export function Targets() {
  const query = useItems(targets, { refreshMs: HEALTH_REFRESH_MS })
  return (
    <Page title={words.title} lead={words.lead}>
      <Loaded query={query}>
        {(all) => {
          const own = all.filter(({ ownerType }) => ownerType !== 'affiliate')
          if (own.length > 0) return <TargetTable items={own} />
          return (
            <Empty
              icon="send"
              title={words.emptyTitle}
              text={words.emptyText}
              action={
                <Button component="a" href="/traffic-sources" variant="default">
                  {words.toSources}
                </Button>
              }
            />
          )
        }}
      </Loaded>
    </Page>
  )
}
