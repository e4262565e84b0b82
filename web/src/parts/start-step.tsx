import { Button, Text, Title, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { startTexts as words } from '../texts-start.ts'
import { Icon } from './icon.tsx'
import classes from './start-step.module.css'

type StartStepProps = {
  readonly number: number
  readonly title: string
  /** In the middle of a sentence. */
  readonly what: string
  readonly state: 'done' | 'now' | 'later'
  /** What was chosen, where it is done. */
  readonly chosen?: string | undefined
  readonly onChange?: () => void
  readonly text?: string
  readonly children?: ReactNode
}

/** One step of the guide: its form while it is its turn, and a line before and after. */
export function StartStep(props: StartStepProps) {
  const { number, title, what, state, chosen, onChange, text, children } = props
  return (
    <li className={classes.step} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
      <span className={classes.mark} aria-hidden="true">
        {state === 'done' ? <Icon name="check" size={13} /> : number}
      </span>
      <div className={classes.body}>
        <div className={classes.head}>
          <Title order={2} className={classes.title}>
            {title}
          </Title>
          {state === 'done' && (
            <>
              <Text size="sm" className={classes.chosen}>
                {chosen}
              </Text>
              {onChange && (
                <Button variant="subtle" color="gray" size="compact-sm" onClick={onChange}>
                  <span aria-hidden="true">{words.changeShort}</span>
                  <VisuallyHidden>{words.change(what)}</VisuallyHidden>
                </Button>
              )}
            </>
          )}
        </div>
        {state === 'now' && (
          <>
            {text && (
              <Text size="sm" c="dimmed" mb="md">
                {text}
              </Text>
            )}
            {children}
          </>
        )}
      </div>
    </li>
  )
}
