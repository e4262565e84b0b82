import { ListScreen } from '../parts/list-screen.tsx'
import { eventTypes } from '../resources.ts'
import { texts } from '../texts.ts'
import { eventTexts } from '../texts-more.ts'

export function Events() {
  const word = (counts: boolean) => (counts ? eventTexts.yes : eventTexts.no)
  return (
    <ListScreen
      resource={eventTypes}
      texts={eventTexts}
      icon="event"
      columns={[
        { key: 'name', header: texts.form.name, cell: (event) => event.name },
        { key: 'conversion', header: eventTexts.conversion, cell: (event) => word(event.counts.conversion) },
        { key: 'revenue', header: eventTexts.revenue, cell: (event) => word(event.counts.revenue) },
        { key: 'cost', header: eventTexts.cost, cell: (event) => word(event.counts.cost) },
      ]}
    />
  )
}
