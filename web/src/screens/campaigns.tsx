import { Badge } from '@mantine/core'
import { ListScreen } from '../parts/list-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { useNames } from '../resource.ts'
import { campaigns, sources } from '../resources.ts'
import { texts } from '../texts.ts'

export function Campaigns() {
  const sourceName = useNames(sources)
  return (
    <ListScreen
      resource={campaigns}
      texts={texts.campaigns}
      icon="campaign"
      columns={[
        { key: 'name', header: texts.form.name, cell: (campaign) => campaign.name },
        {
          key: 'status',
          header: texts.campaigns.status,
          cell: (campaign) => (
            <Badge variant="dot" color={campaign.status === 'active' ? 'trail' : 'gray'}>
              {texts.campaigns.statuses[campaign.status]}
            </Badge>
          ),
        },
        {
          key: 'source',
          header: texts.campaigns.source,
          cell: (campaign) => sourceName(campaign.trafficSourceId),
        },
        {
          key: 'link',
          header: texts.campaigns.link,
          cell: (campaign) => <Shortened text={campaign.link} />,
        },
      ]}
    />
  )
}
