import { Button, Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { isAnyGiven, useAddressFilter } from '../address-filter.ts'
import type { ItemPage } from '../resource.ts'
import { setQuery, usePlace } from '../router.tsx'
import { texts, toOptions } from '../texts.ts'
import { type Column, DataTable, type Selection } from './data-table.tsx'
import { Empty } from './empty.tsx'
import { FilterBar, type FilterField } from './filter-bar.tsx'
import type { IconName } from './icon.tsx'
import { LoadMore } from './load-more.tsx'
import { Loaded } from './loaded.tsx'
import { Page } from './page.tsx'

const PAGE_SIZE = 50
const REFRESH_MS = 15_000

type LogTexts = {
  readonly title: string
  readonly lead: string
  readonly emptyTitle: string
  readonly emptyText: string
}

type LogScreenProps<Item> = {
  readonly name: string
  readonly texts: LogTexts
  readonly icon: IconName
  /** The one filter: a parameter of the API and of the address. */
  readonly filter: {
    readonly name: string
    readonly label: string
    readonly any: string
    readonly choices: Readonly<Record<string, string>>
  }
  /** What else narrows the list, by parameters of the address. */
  readonly fields?: readonly FilterField[]
  readonly list: (query: {
    readonly limit: number
    readonly cursor: string | undefined
    readonly filter: string | undefined
    /** What is given of the further fields. */
    readonly given: Readonly<Record<string, string>>
  }) => Promise<ItemPage<Item>>
  readonly columns: readonly Column<Item>[]
  readonly href: (item: Item) => string | undefined
  readonly emptyAction?: ReactNode
  /** What else can be done here, beside the filter. */
  readonly actions?: ReactNode
  /** Between the heading and the rows, by the filter that is chosen and the rows that are shown. */
  readonly banner?: (chosen: string | undefined, rows: readonly Item[]) => ReactNode
  /** Other words for a filter that finds nothing. */
  readonly nothing?: (chosen: string) => { readonly title: string; readonly text: string } | undefined
  readonly selection?: Selection<Item> | undefined
}

/** What happened, newest first, a page at a time. */
export function LogScreen<Item extends { readonly id: string }>(props: LogScreenProps<Item>) {
  const { name, filter, list, fields = [] } = props
  const values = useAddressFilter(fields.map((field) => field.name))
  const narrowed = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
  const chosen = usePlace().query.get(filter.name) ?? undefined
  const query = useInfiniteQuery({
    queryKey: [name, chosen, values],
    queryFn: ({ pageParam }) =>
      list({ limit: PAGE_SIZE, cursor: pageParam, filter: chosen, given: narrowed }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // Rows keep arriving; once older pages are open, jumping rows would only disturb.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? REFRESH_MS : false),
  })
  return (
    <Page
      title={props.texts.title}
      lead={props.texts.lead}
      actions={
        <>
          <Select
            aria-label={filter.label}
            placeholder={filter.any}
            data={toOptions(filter.choices)}
            value={chosen ?? null}
            onChange={(value) => setQuery({ [filter.name]: value ?? undefined })}
            clearable
            w={170}
          />
          {props.actions}
        </>
      }
    >
      {fields.length > 0 && <FilterBar values={values} fields={fields} />}
      {props.banner?.(chosen, query.data?.pages.flatMap(({ items }) => items) ?? [])}
      <Loaded query={query}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items)
          if (rows.length === 0) return <NoRows {...props} chosen={chosen} isNarrowed={isAnyGiven(values)} />
          return (
            <>
              <DataTable
                label={props.texts.title}
                columns={props.columns}
                rows={rows}
                rowKey={(item) => item.id}
                href={props.href}
                selection={props.selection}
              />
              <LoadMore query={query} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

type NoRowsProps = {
  readonly texts: LogTexts
  readonly icon: IconName
  readonly emptyAction?: ReactNode
  readonly filter: { readonly name: string }
  readonly chosen: string | undefined
  /** By a field, which has a button of its own to clear it. */
  readonly isNarrowed: boolean
  readonly nothing?: LogScreenProps<never>['nothing']
}

function NoRows({ texts: own, icon, emptyAction, filter, chosen, isNarrowed, nothing }: NoRowsProps) {
  if (isNarrowed) return <Empty icon={icon} title={texts.filter.nothing} text={texts.filter.nothingText} />
  if (chosen === undefined)
    return <Empty icon={icon} title={own.emptyTitle} text={own.emptyText} action={emptyAction} />
  const words = nothing?.(chosen)
  return (
    <Empty
      icon={icon}
      title={words?.title ?? texts.filter.nothing}
      text={words?.text ?? texts.filter.nothingText}
      action={
        <Button variant="default" onClick={() => setQuery({ [filter.name]: undefined })}>
          {texts.filter.clear}
        </Button>
      }
    />
  )
}
