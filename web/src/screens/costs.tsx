import { Stack, Text, VisuallyHidden } from '@mantine/core'
import { formatDay, formatMoney, formatTime } from '../format.ts'
import { CostForm } from '../parts/cost-form.tsx'
import { CostUndo } from '../parts/cost-undo.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Section } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { useItems } from '../resource.ts'
import { type CostCorrection, costCorrections, useActorName } from '../resources.ts'
import { useMayChange, useMe } from '../session.ts'
import { costTexts as words } from '../texts-corrections.ts'

/** Corrects what visits have cost, and shows what was corrected. */
export function Costs() {
  return (
    <Page title={words.title} lead={words.lead}>
      {useMayChange() && <CostForm />}
      <Earlier />
    </Page>
  )
}

function Earlier() {
  const query = useItems(costCorrections)
  return (
    <Section title={words.earlier}>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="cost" title={words.noneTitle} text={words.noneText} />
          ) : (
            <EarlierTable items={items} />
          )
        }
      </Loaded>
    </Section>
  )
}

function EarlierTable({ items }: { readonly items: readonly CostCorrection[] }) {
  const actorName = useActorName()
  const mayChange = useMayChange()
  const { currency, timeZone } = useMe().workspace
  const timeOf = (id: string) => {
    const found = items.find((item) => item.id === id)
    return found === undefined ? id : formatTime(found.createdAt, timeZone)
  }
  const undo: Column<CostCorrection> = {
    key: 'undo',
    header: <VisuallyHidden>{words.deeds}</VisuallyHidden>,
    cell: ({ id, canUndo }) => canUndo && <CostUndo id={id} ariaLabel={words.undoLabel(timeOf(id))} />,
  }
  return (
    <DataTable
      label={words.earlier}
      rows={items}
      rowKey={(item) => item.id}
      columns={[
        { key: 'time', header: words.time, cell: (item) => <When at={item.createdAt} /> },
        { key: 'days', header: words.what, cell: (item) => <What item={item} timeOf={timeOf} /> },
        { key: 'by', header: words.by, cell: (item) => actorName(item.actor) },
        {
          key: 'amount',
          header: words.difference,
          numeric: true,
          cell: (item) => formatMoney(item.amount, currency),
        },
        ...(mayChange ? [undo] : []),
      ]}
    />
  )
}

type WhatProps = { readonly item: CostCorrection; readonly timeOf: (id: string) => string }

/** Which days it is about, and what it takes back or is taken back. */
function What({ item, timeOf }: WhatProps) {
  const { undoes, undoneBy } = item
  return (
    <Stack gap={0}>
      {toDays(item, timeOf)}
      {undoes !== null && (
        <Text size="xs" c="dimmed">
          {words.undoOf(timeOf(undoes))}
        </Text>
      )}
      {undoneBy !== null && (
        <Text size="xs" c="dimmed">
          {words.undone}
        </Text>
      )}
    </Stack>
  )
}

/** The request is stored as it was sent; its range is days, or times of Unix seconds. */
function toDays({ request }: CostCorrection, timeOf: (at: string) => string): string {
  if (typeof request !== 'object' || request === null || !('range' in request)) return ''
  const { range } = request
  if (typeof range !== 'object' || range === null || !('from' in range && 'to' in range)) return ''
  const dayOf = (at: unknown) =>
    typeof at === 'number'
      ? timeOf(new Date(at * 1_000).toISOString())
      : formatDay(Date.parse(String(at)), 'UTC')
  return range.from === range.to ? dayOf(range.from) : `${dayOf(range.from)} – ${dayOf(range.to)}`
}
