import { Button, Divider, Text } from '@mantine/core'
import { useItems } from '../resource.ts'
import { targets } from '../resources.ts'
import { useMayChange } from '../session.ts'
import { targetPageTexts as words } from '../texts-targets.ts'
import { Icon } from './icon.tsx'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { TargetTable } from './target-table.tsx'

/** Whom a campaign tells beside its traffic source. */
export function CampaignTargets({ campaignId }: { readonly campaignId: string }) {
  const query = useItems(targets)
  const mayChange = useMayChange()
  return (
    <div>
      <Divider mb="xl" />
      <Section title={words.ofCampaign} aside={words.ofCampaignAside}>
        <Loaded query={query}>
          {(all) => {
            const own = all.filter(({ ownerId }) => ownerId === campaignId)
            if (own.length > 0) return <TargetTable items={own} withOwner={false} />
            return (
              <Text size="sm" c="dimmed">
                {words.noneOfCampaign}
              </Text>
            )
          }}
        </Loaded>
        {mayChange && (
          <div>
            <Button
              component="a"
              href={`/notification-targets/new?campaign=${campaignId}`}
              variant="default"
              size="xs"
              leftSection={<Icon name="plus" size={12} />}
            >
              {words.add}
            </Button>
          </div>
        )}
      </Section>
    </div>
  )
}
