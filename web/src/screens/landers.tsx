import { ListScreen } from '../parts/list-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { TAG_FACET } from '../parts/tag-facet.ts'
import { landers } from '../resources.ts'
import { texts } from '../texts.ts'

export function Landers() {
  return (
    <ListScreen
      resource={landers}
      texts={texts.landers}
      icon="lander"
      facets={[TAG_FACET]}
      columns={[
        { key: 'name', header: texts.form.name, cell: (lander) => lander.name },
        { key: 'url', header: texts.landers.url, cell: (lander) => <Shortened text={lander.url} /> },
        { key: 'ctas', header: texts.landers.ctaCount, numeric: true, cell: (lander) => lander.ctaCount },
      ]}
    />
  )
}
