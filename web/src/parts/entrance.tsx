import { Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode, SubmitEvent } from 'react'
import { texts } from '../texts.ts'
import classes from './entrance.module.css'

type EntranceProps = {
  readonly title: string
  readonly lead?: string
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void
  readonly children: ReactNode
}

/** The quiet page of a person who is not in yet: one form in the middle. */
export function Entrance({ title, lead, onSubmit, children }: EntranceProps) {
  return (
    <main className={classes.entrance}>
      <title>{`${title} · ${texts.product}`}</title>
      <div className={classes.column}>
        <img src="/favicon.svg" alt={texts.product} width={36} height={36} />
        <Title order={1} mt="md">
          {title}
        </Title>
        {lead && (
          <Text c="dimmed" mt={4}>
            {lead}
          </Text>
        )}
        <Paper component="form" withBorder p="lg" mt="lg" onSubmit={onSubmit} className={classes.form}>
          <Stack gap="md">{children}</Stack>
        </Paper>
      </div>
    </main>
  )
}
