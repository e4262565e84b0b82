import { ActionIcon, Badge, CopyButton, Group, Skeleton, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type CampaignDays, figuresIn, NO_DAYS, type Span, useCampaignDays } from '../campaign-figures.ts'
import { useNames } from '../resource.ts'
import { type Campaign, sources } from '../resources.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { texts } from '../texts.ts'
import { campaignTexts as words } from '../texts-campaigns.ts'
import { CampaignCards } from './campaign-cards.tsx'
import { CAMPAIGN_METRICS, CampaignFigure, CampaignTrend } from './campaign-figures-list.tsx'
import { StatusSwitch } from './campaign-status-switch.tsx'
import classes from './campaign-table.module.css'
import { type Column, DataTable } from './data-table.tsx'
import { Icon } from './icon.tsx'
import { Failure } from './loaded.tsx'
import { figureOf } from './overview-figures.ts'

type CampaignTableProps = {
  readonly items: readonly Campaign[]
  readonly span: Span
  readonly chosen: ReadonlySet<string>
  readonly onChoose: (chosen: ReadonlySet<string>) => void
}

const PHONE = '(max-width: 36em)'

/** Campaigns with what they bring; each leads to its form. */
export function CampaignTable({ items, span, chosen, onChoose }: CampaignTableProps) {
  const { query: place } = usePlace()
  const figures = useCampaignDays()
  const mayChange = useMayChange()
  const isPhone = useMediaQuery(PHONE)
  const columns = useColumns(span, figures.data)
  const selection = {
    chosen,
    onChange: onChoose,
    allLabel: words.chooseAll,
    rowLabel: ({ name }: Campaign) => words.choose(name),
  }
  return (
    <>
      {figures.error !== null && <Failure error={figures.error} onRetry={() => void figures.refetch()} />}
      {isPhone ? (
        <CampaignCards items={items} span={span} known={figures.data} />
      ) : (
        <DataTable
          label={texts.campaigns.title}
          columns={columns}
          rows={items}
          rowKey={({ id }) => id}
          href={({ id }) => `/campaigns/${id}`}
          selection={mayChange ? selection : undefined}
          sorting={{ by: place.get('sort') ?? undefined, onChange: (sort) => setQuery({ sort }) }}
        />
      )}
    </>
  )
}

/** @param known by campaign; undefined until the first answer. */
function useColumns(
  span: Span,
  known: ReadonlyMap<string, CampaignDays> | undefined,
): readonly Column<Campaign>[] {
  const sourceName = useNames(sources)
  const daysOf = ({ id }: Campaign) => known?.get(id) ?? NO_DAYS
  const metrics = CAMPAIGN_METRICS.map((metric): Column<Campaign> => {
    const figure = (campaign: Campaign) => figureOf(figuresIn(daysOf(campaign), span), metric)
    return {
      key: metric,
      header: words.figures[metric],
      numeric: true,
      sortBy: (campaign) => figure(campaign) ?? Number.NEGATIVE_INFINITY,
      cell: (campaign) =>
        known === undefined ? (
          <Skeleton height={14} width={40} ml="auto" />
        ) : (
          <CampaignFigure figures={figuresIn(daysOf(campaign), span)} metric={metric} />
        ),
    }
  })
  return [
    {
      key: 'name',
      header: texts.form.name,
      sortBy: ({ name }) => name,
      cell: (campaign) => <Name campaign={campaign} source={sourceName(campaign.trafficSourceId)} />,
    },
    {
      key: 'status',
      header: texts.campaigns.status,
      sortBy: ({ status }) => status,
      cell: (campaign) => (
        <div className={classes.above}>
          <StatusSwitch campaign={campaign} />
        </div>
      ),
    },
    ...metrics,
    {
      key: 'trend',
      header: words.trend,
      cell: (campaign) => <CampaignTrend name={campaign.name} days={daysOf(campaign)} />,
    },
    {
      key: 'actions',
      header: <span className={classes.unseen}>{words.actions}</span>,
      cell: (campaign) => <Actions campaign={campaign} />,
    },
  ]
}

function Name({ campaign, source }: { readonly campaign: Campaign; readonly source: string }) {
  return (
    <span className={classes.name}>
      {campaign.name}
      <span className={classes.below}>
        {source}
        {campaign.tags.map((tag) => (
          <Badge key={tag} size="xs" variant="default" tt="none">
            {tag}
          </Badge>
        ))}
      </span>
    </span>
  )
}

function Actions({ campaign }: { readonly campaign: Campaign }) {
  const mayChange = useMayChange()
  return (
    <Group gap={2} wrap="nowrap" className={classes.above ?? ''}>
      <CopyButton value={campaign.link} timeout={1_600}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? texts.copy.done : texts.campaigns.link} withArrow>
            <ActionIcon
              variant="subtle"
              color={copied ? 'trail' : 'gray'}
              onClick={copy}
              aria-label={copied ? texts.copy.done : words.copyLink(campaign.name)}
            >
              <Icon name={copied ? 'check' : 'link'} />
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
      {mayChange && (
        <Tooltip label={words.clone} withArrow>
          <ActionIcon
            component="a"
            href={`/campaigns/new?from=${campaign.id}`}
            variant="subtle"
            color="gray"
            aria-label={words.cloneWhat(campaign.name)}
          >
            <Icon name="copy" />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  )
}
