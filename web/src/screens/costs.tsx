import { formatMoney } from '../format.ts'
import { CostForm } from '../parts/cost-form.tsx'
import { DataTable } from '../parts/data-table.tsx'
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
  const actorName = useActorName()
  const { currency } = useMe().workspace
  return (
    <Section title={words.earlier}>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="cost" title={words.noneTitle} text={words.noneText} />
          ) : (
            <DataTable
              label={words.earlier}
              rows={items}
              rowKey={(item) => item.id}
              columns={[
                { key: 'time', header: words.time, cell: (item) => <When at={item.createdAt} /> },
                { key: 'days', header: words.what, cell: toDays },
                { key: 'by', header: words.by, cell: (item) => actorName(item.actor) },
                {
                  key: 'amount',
                  header: words.difference,
                  numeric: true,
                  cell: (item) => formatMoney(item.amount, currency),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  )
}

/** The request is stored as it was sent; its range is days, or times of Unix seconds. */
function toDays({ request }: CostCorrection): string {
  if (typeof request !== 'object' || request === null || !('range' in request)) return ''
  const { range } = request
  if (typeof range !== 'object' || range === null || !('from' in range && 'to' in range)) return ''
  return range.from === range.to ? String(range.from) : `${String(range.from)} – ${String(range.to)}`
}
