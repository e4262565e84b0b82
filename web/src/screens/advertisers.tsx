import { ListScreen } from '../parts/list-screen.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { TAG_FACET } from '../parts/tag-facet.ts'
import { advertisers } from '../resources-network.ts'
import { texts } from '../texts.ts'
import { advertiserTexts as words } from '../texts-network.ts'

export function Advertisers() {
  return (
    <ListScreen
      resource={advertisers}
      texts={words}
      icon="advertiser"
      facets={[TAG_FACET]}
      columns={[
        { key: 'name', header: texts.form.name, cell: (advertiser) => advertiser.name },
        {
          key: 'status',
          header: words.status,
          cell: (advertiser) => <StateBadge state={advertiser.status} words={words.statuses} />,
        },
        {
          key: 'token',
          header: words.token,
          cell: (advertiser) => words.tokenStages[advertiser.tokenStage],
        },
        { key: 'currency', header: texts.form.currency, cell: (advertiser) => advertiser.currency },
      ]}
    />
  )
}
