import { ActionIcon, CopyButton, Input, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { texts } from '../texts.ts'
import classes from './copy-field.module.css'
import { Icon } from './icon.tsx'

type CopyFieldProps = {
  readonly label: string
  readonly value: string
  readonly description?: string
  /** The value with more to see in it; as it is without. */
  readonly shown?: ReactNode
}

/** A ready text to put into another system: all of it visible, one press to copy. */
export function CopyField({ label, value, description, shown }: CopyFieldProps) {
  return (
    <Input.Wrapper label={label} description={description} labelElement="div">
      <div className={classes.field}>
        <code className={classes.value}>{shown ?? value}</code>
        <CopyButton value={value} timeout={1_600}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? texts.copy.done : texts.copy.do} withArrow position="left">
              <ActionIcon
                variant="subtle"
                color={copied ? 'trail' : 'gray'}
                onClick={copy}
                aria-label={copied ? texts.copy.done : texts.copy.what(label)}
              >
                <Icon name={copied ? 'check' : 'copy'} />
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </div>
    </Input.Wrapper>
  )
}
