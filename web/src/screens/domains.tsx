import { ListScreen } from '../parts/list-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { useNames } from '../resource.ts'
import { campaigns, domains } from '../resources.ts'
import { texts } from '../texts.ts'
import { domainTexts } from '../texts-more.ts'

export function Domains() {
  const campaignName = useNames(campaigns)
  return (
    <ListScreen
      resource={domains}
      texts={domainTexts}
      icon="domain"
      columns={[
        { key: 'name', header: domainTexts.name, cell: (domain) => domain.name },
        {
          key: 'campaign',
          header: domainTexts.defaultCampaign,
          cell: (domain) => campaignName(domain.defaultCampaignId) || texts.none,
        },
        {
          key: 'fallback',
          header: domainTexts.fallback,
          cell: (domain) => <Shortened text={domain.fallbackUrl || texts.none} />,
        },
      ]}
    />
  )
}
