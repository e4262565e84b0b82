import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { detailLines } from '../audit-detail.ts'
import { type ChangeEntry, useChangeWords } from '../change-log.ts'
import { type ChangeWords, describeChange, fieldLabel } from '../describe-change.ts'
import classes from '../parts/change-list.module.css'
import { ChangedLine } from '../parts/changed-line.tsx'
import { Empty } from '../parts/empty.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { When } from '../parts/when.tsx'
import { useItems } from '../resource.ts'
import { members } from '../resources-network.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { auditTexts as words } from '../texts-settings.ts'
import { dayAfter, startOfDay } from '../zoned-day.ts'

const PAGE_SIZE = 50
const DAY = /^\d{4}-\d{2}-\d{2}$/
/** In the address, by the names that the API gives them; days are of the workspace's time zone. */
const FILTERS = ['subjectType', 'subjectId', 'actor', 'from', 'to'] as const
type Filters = Readonly<Record<(typeof FILTERS)[number], string>>

/** Who did what, newest first. */
export function AuditLog() {
  const filters = useFilters()
  const query = useEntries(filters)
  // Amounts of things are in currencies of their own, which the log does not know.
  const say: ChangeWords = { ...useChangeWords('campaign', ''), currency: '' }
  return (
    <Stack gap="md">
      <Text c="dimmed">{words.lead}</Text>
      <FilterBar filters={filters} />
      <Loaded query={query}>
        {({ pages }) => {
          const entries = pages.flatMap(({ items }) => items)
          if (entries.length === 0) return <Nothing filters={filters} />
          return (
            <ol className={classes.list} aria-label={words.lead}>
              {entries.map((entry) => (
                <Entry key={entry.id} entry={entry} say={say} />
              ))}
            </ol>
          )
        }}
      </Loaded>
      <LoadMore query={query} />
    </Stack>
  )
}

function useFilters(): Filters {
  const { query } = usePlace()
  const of = (name: keyof Filters) => query.get(name) ?? ''
  return {
    subjectType: of('subjectType'),
    subjectId: of('subjectId'),
    actor: of('actor'),
    from: DAY.test(of('from')) ? of('from') : '',
    to: DAY.test(of('to')) ? of('to') : '',
  }
}

function useEntries(filters: Filters) {
  const { timeZone } = useMe().workspace
  const { from, to, subjectType, subjectId, actor } = filters
  const wanted = {
    ...(subjectType !== '' && { subjectType }),
    ...(subjectId !== '' && { subjectId }),
    ...(actor !== '' && { actor }),
    ...(from !== '' && { from: startOfDay(from, timeZone).toISOString() }),
    ...(to !== '' && { to: startOfDay(dayAfter(to), timeZone).toISOString() }),
  }
  return useInfiniteQuery({
    queryKey: ['audit-log', wanted],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === '' ? {} : { cursor: pageParam }
      return answerOf(
        api.GET('/api/v1/audit-log', { params: { query: { ...wanted, ...cursor, limit: PAGE_SIZE } } }),
      )
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  })
}

function FilterBar({ filters }: { readonly filters: Filters }) {
  const people = useItems(members).data ?? []
  const known = people.map(({ id, name }) => ({ value: `user:${id}`, label: name }))
  // A key, or somebody who is gone, comes here by a link alone.
  const isOther = filters.actor !== '' && known.every(({ value }) => value !== filters.actor)
  const isFiltered = FILTERS.some((name) => filters[name] !== '')
  return (
    <Stack gap="xs" role="group" aria-label={words.filters}>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs">
        <Select
          label={words.kind}
          placeholder={words.anyKind}
          data={toOptions(words.subjects)}
          value={filters.subjectType === '' ? null : filters.subjectType}
          onChange={(subjectType) => setQuery({ subjectType: subjectType ?? '', subjectId: '' })}
          clearable
          searchable
        />
        <Select
          label={words.who}
          placeholder={words.anyone}
          data={isOther ? [...known, { value: filters.actor, label: words.other }] : known}
          value={filters.actor === '' ? null : filters.actor}
          onChange={(actor) => setQuery({ actor: actor ?? '' })}
          clearable
          searchable
        />
        <TextInput
          type="date"
          label={words.from}
          value={filters.from}
          onChange={(event) => setQuery({ from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={words.to}
          value={filters.to}
          onChange={(event) => setQuery({ to: event.currentTarget.value })}
        />
      </SimpleGrid>
      {isFiltered && (
        <Group>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={showAll}>
            {words.clear}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

function showAll(): void {
  setQuery(Object.fromEntries(FILTERS.map((name) => [name, ''])))
}

function Nothing({ filters }: { readonly filters: Filters }) {
  if (FILTERS.every((name) => filters[name] === '')) {
    return <Empty icon="story" title={words.empty} text={words.emptyText} />
  }
  return (
    <Empty
      icon="story"
      title={words.nothing}
      text={words.nothingText}
      action={
        <Button variant="default" onClick={showAll}>
          {words.clear}
        </Button>
      }
    />
  )
}

function Entry({ entry, say }: { readonly entry: ChangeEntry; readonly say: ChangeWords }) {
  const { subjectType, subjectId, subjectName, actor, fields, changes, detail } = entry
  const withheld = fields.filter((field) => changes[field] === undefined && detail[field] === undefined)
  const lines = [
    ...Object.entries(changes).flatMap(([field, change]) => describeChange(field, change, say)),
    ...detailLines(detail, say),
  ]
  const { kind, deed } = toldOf(entry)
  const name = subjectName === '' ? kind : `${kind} “${subjectName}”`
  return (
    <li className={classes.deed}>
      <Text size="sm">
        <UnstyledButton
          className={classes.subject}
          title={words.subject}
          onClick={() => setQuery({ subjectType, subjectId })}
        >
          {name}
        </UnstyledButton>{' '}
        {deed}
      </Text>
      <Text size="xs" c="dimmed">
        <When at={entry.at} /> ·{' '}
        <UnstyledButton
          className={classes.actor}
          title={words.only(actorOf(entry))}
          onClick={() => setQuery({ actor })}
        >
          {actorOf(entry)}
        </UnstyledButton>
      </Text>
      {lines.length + withheld.length > 0 && (
        <ul className={classes.lines}>
          {lines.map((line) => (
            <ChangedLine key={`${line.what} ${line.from ?? ''}`} line={line} />
          ))}
          {withheld.map((field) => (
            <li key={field}>
              <span className={classes.what}>{fieldLabel(field)}</span> {words.hidden}
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}

/** "Offer", "changed"; what has no word of its own is told as the API names it. */
function toldOf({ action, subjectType }: ChangeEntry): { readonly kind: string; readonly deed: string } {
  const kind = isKey(words.subjects, subjectType) ? words.subjects[subjectType] : sayName(subjectType)
  if (isKey(words.whole, action)) {
    const [about, deed] = words.whole[action]
    return { kind: about || kind, deed }
  }
  const deed = action.split('.').at(-1) ?? ''
  return { kind, deed: isKey(words.deeds, deed) ? words.deeds[deed] : sayName(deed) }
}

function sayName(name: string): string {
  return name.replaceAll('_', ' ')
}

function actorOf({ actorKind, actorName, actorEmail }: ChangeEntry): string {
  if (actorKind === 'key') return actorName === '' ? words.keyGone : words.key(actorName)
  return actorName || actorEmail || words.gone
}
