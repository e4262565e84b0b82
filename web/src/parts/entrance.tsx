import { Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode, SubmitEvent } from 'react'
import { texts } from '../texts.ts'
import classes from './entrance.module.css'

type GateProps = { readonly title: string; readonly lead?: string; readonly children: ReactNode }
type EntranceProps = GateProps & { readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void }

/** The quiet page of a person who is not in yet: one form in the middle. */
export function Entrance({ onSubmit, children, ...gate }: EntranceProps) {
  return (
    <Gate {...gate}>
      <form onSubmit={onSubmit}>
        <Stack gap="md">{children}</Stack>
      </form>
    </Gate>
  )
}

/** The frame of what stands between a person and the dashboard. */
export function Gate({ title, lead, children }: GateProps) {
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
        <Paper withBorder p="lg" mt="lg" className={classes.form}>
          {children}
        </Paper>
      </div>
    </main>
  )
}
