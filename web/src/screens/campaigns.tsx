import { Button, Group, MultiSelect, SegmentedControl, Select, Switch, Text, TextInput } from '@mantine/core'
import { CampaignTable } from '../parts/campaign-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { ListEnd } from '../parts/list-end.tsx'
import { ListScreen } from '../parts/list-screen.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { type Campaign, campaigns } from '../resources.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { campaignTexts as words } from '../texts-campaigns.ts'
import { shellTexts } from '../texts-shell.ts'
import { useCampaignStatus } from '../use-campaign-status.ts'
import { useChosen } from '../use-chosen.ts'
import { useListed } from '../use-listed.ts'

/** Every campaign with its figures; what is shown of them is in the address. */
export function Campaigns() {
  const { query: place } = usePlace()
  if (place.get('archived') === 'true') return <ArchivedCampaigns />
  return <UsedCampaigns />
}

function ArchivedCampaigns() {
  return (
    <ListScreen
      resource={campaigns}
      texts={texts.campaigns}
      icon="campaign"
      columns={[{ key: 'name', header: texts.form.name, cell: (campaign) => campaign.name }]}
    />
  )
}

function UsedCampaigns() {
  const search = (usePlace().query.get('q') ?? '').trim()
  const { all: query, found, isCut } = useListed(campaigns, { search })
  const mayChange = useMayChange()
  const create = (
    <Button component="a" href="/campaigns/new" leftSection={<Icon name="plus" size={14} />}>
      {texts.campaigns.create}
    </Button>
  )
  const isEmpty = query.data?.length === 0
  return (
    <Page title={texts.campaigns.title} lead={texts.campaigns.lead} actions={mayChange && !isEmpty && create}>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <FirstCampaign create={mayChange && create} />
          ) : (
            <Found items={found.data ?? items} />
          )
        }
      </Loaded>
      {isCut && <ListEnd isSearched />}
    </Page>
  )
}

function FirstCampaign({ create }: { readonly create: React.ReactNode }) {
  return (
    <>
      <Empty
        icon="campaign"
        title={texts.campaigns.emptyTitle}
        text={texts.campaigns.emptyText}
        action={create}
      />
      <Group justify="center">
        <Button variant="subtle" color="gray" size="xs" onClick={() => setQuery({ archived: 'true' })}>
          {shellTexts.list.showArchived}
        </Button>
      </Group>
    </>
  )
}

/** Of the address. */
const FILTERS = ['q', 'status', 'tag'] as const

function Found({ items }: { readonly items: readonly Campaign[] }) {
  const { query: place } = usePlace()
  const { chosen, choose, clear } = useChosen(FILTERS.map((name) => place.get(name)).join(' '))
  const shown = items.filter((campaign) => fits(campaign, place))
  const marked = shown.filter(({ id }) => chosen.has(id))
  const span = place.get('span') === 'week' ? 'week' : 'today'
  return (
    <>
      <Filters items={items} />
      <Group justify="space-between">
        <SegmentedControl
          aria-label={words.span}
          data={toOptions(words.spans)}
          value={span}
          onChange={(value) => setQuery({ span: value === 'week' ? 'week' : undefined })}
        />
        {marked.length > 0 && <BulkStatus chosen={marked} onDone={clear} />}
      </Group>
      {shown.length === 0 ? (
        <Empty icon="story" title={texts.filter.nothing} text={words.nothing} action={<ClearFilters />} />
      ) : (
        <CampaignTable items={shown} span={span} chosen={chosen} onChoose={choose} />
      )}
    </>
  )
}

function ClearFilters() {
  return (
    <Button variant="default" onClick={() => setQuery({ q: undefined, status: undefined, tag: undefined })}>
      {texts.filter.clear}
    </Button>
  )
}

function Filters({ items }: { readonly items: readonly Campaign[] }) {
  const { query: place } = usePlace()
  const tags = [...new Set(items.flatMap((campaign) => campaign.tags))].toSorted()
  return (
    <Group gap="sm">
      <TextInput
        type="search"
        aria-label={shellTexts.list.search(texts.campaigns.title)}
        placeholder={shellTexts.list.searchHint}
        value={place.get('q') ?? ''}
        onChange={(event) => setQuery({ q: event.currentTarget.value })}
        leftSection={<Icon name="story" size={14} />}
        w={{ base: '100%', xs: 260 }}
      />
      <Select
        aria-label={words.status.filter}
        data={[{ value: '', label: words.status.all }, ...toOptions(texts.campaigns.statuses)]}
        value={place.get('status') ?? ''}
        onChange={(status) =>
          setQuery({ status: isKey(texts.campaigns.statuses, status) ? status : undefined })
        }
        allowDeselect={false}
        w={120}
      />
      {tags.length > 0 && (
        <MultiSelect
          aria-label={words.tags}
          placeholder={place.get('tag') === null ? words.tagsHint : ''}
          data={tags}
          value={readTags(place)}
          onChange={(chosen) => setQuery({ tag: chosen.join(',') })}
          clearable
          miw={160}
          maw={320}
        />
      )}
      <Switch
        label={shellTexts.list.archived}
        checked={false}
        onChange={() => setQuery({ archived: 'true' })}
      />
    </Group>
  )
}

function BulkStatus({
  chosen,
  onDone,
}: {
  readonly chosen: readonly Campaign[]
  readonly onDone: () => void
}) {
  const setStatus = useCampaignStatus()
  const run = (status: Campaign['status']) => {
    void setStatus(chosen, status)
    onDone()
  }
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed" role="status">
        {words.chosen(chosen.length)}
      </Text>
      <Button
        variant="default"
        size="xs"
        disabled={chosen.every(({ status }) => status === 'paused')}
        onClick={() => run('paused')}
      >
        {words.pause}
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={chosen.every(({ status }) => status === 'active')}
        onClick={() => run('active')}
      >
        {words.resume}
      </Button>
    </Group>
  )
}

function fits({ name, status, tags }: Campaign, place: URLSearchParams): boolean {
  const search = (place.get('q') ?? '').trim().toLocaleLowerCase()
  const wanted = place.get('status')
  const wantedTags = readTags(place)
  return (
    name.toLocaleLowerCase().includes(search) &&
    (!isKey(texts.campaigns.statuses, wanted) || status === wanted) &&
    (wantedTags.length === 0 || wantedTags.some((tag) => tags.includes(tag)))
  )
}

/** Tags have no comma of their own: the field that takes them ends one there. */
function readTags(place: URLSearchParams): string[] {
  return (place.get('tag') ?? '').split(',').filter((tag) => tag !== '')
}
