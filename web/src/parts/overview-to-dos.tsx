import { Anchor, Text, Title } from '@mantine/core'
import type { components } from '../api-types.ts'
import { overviewTexts } from '../texts-overview.ts'
import { formatMany } from './overview-health.tsx'
import classes from './overview-to-dos.module.css'

const words = overviewTexts.toDo
type ToDos = NonNullable<components['schemas']['Overview']['network']>

/** What waits for a decision of the network. */
export function OverviewToDos({ toDos }: { readonly toDos: ToDos }) {
  const waiting = [
    { name: words.applications, count: toDos.applications, href: '/applications?state=pending' },
    { name: words.pixels, count: toDos.pixels, href: '/pixel-moderation' },
    { name: words.conversions, count: toDos.conversions, href: '/conversions?status=pending' },
  ].filter(({ count }) => count > 0)
  return (
    <section>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      {waiting.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      ) : (
        <ul className={classes.list}>
          {waiting.map(({ name, count, href }) => (
            <li key={name} className={classes.row}>
              <Anchor href={href} className={classes.name}>
                {name}
              </Anchor>
              <span className={classes.count}>{formatMany(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
