import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { texts } from '../texts.ts'
import { Icon } from './icon.tsx'
import classes from './page.module.css'

type PageProps = {
  readonly title: string
  readonly lead?: string
  /** Where the page belongs to; shown as a way back. */
  readonly back?: { readonly href: string; readonly label: string }
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** One screen: its heading, what can be done with it, its content. The heading takes the focus on arrival. */
export function Page({ title, lead, back, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <Stack gap="lg" className={classes.page}>
      <title>{`${title} · ${texts.product}`}</title>
      <div>
        {back && (
          <Anchor href={back.href} className={classes.back}>
            <Icon name="back" size={13} /> {back.label}
          </Anchor>
        )}
        <Group justify="space-between" align="flex-start" gap="md">
          <div>
            <Title order={1} ref={heading} tabIndex={-1} className={classes.heading}>
              {title}
            </Title>
            {lead && (
              <Text c="dimmed" className={classes.lead}>
                {lead}
              </Text>
            )}
          </div>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </div>
      {children}
    </Stack>
  )
}

/** A part of a page with its own heading; `aside` explains it. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
}) {
  return (
    <section className={classes.section}>
      <Title order={2}>{title}</Title>
      {aside && (
        <Text size="sm" c="dimmed" mt={2}>
          {aside}
        </Text>
      )}
      <Stack gap="md" mt="sm">
        {children}
      </Stack>
    </section>
  )
}
