import { Anchor } from '@mantine/core'
import { ListScreen } from '../parts/list-screen.tsx'
import { networks } from '../resources.ts'
import { texts } from '../texts.ts'
import { movingTexts } from '../texts-moving.ts'

export function Networks() {
  return (
    <ListScreen
      resource={networks}
      texts={texts.networks}
      icon="network"
      more={
        <Anchor href="/moving" size="sm">
          {movingTexts.title}
        </Anchor>
      }
      columns={[
        { key: 'name', header: texts.form.name, cell: (network) => network.name },
        {
          key: 'param',
          header: texts.networks.clickIdParam,
          cell: (network) => network.clickIdParam || texts.none,
        },
        { key: 'currency', header: texts.form.currency, cell: (network) => network.currency },
      ]}
    />
  )
}
