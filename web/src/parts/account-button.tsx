import { Text, UnstyledButton, type UnstyledButtonProps } from '@mantine/core'
import type { ComponentPropsWithRef } from 'react'
import { shellTexts } from '../texts-shell.ts'
import classes from './account-button.module.css'
import { Icon } from './icon.tsx'

type AccountButtonProps = UnstyledButtonProps & ComponentPropsWithRef<'button'> & { readonly email: string }

/** Who is signed in; it opens the menu of everything about them. */
export function AccountButton({ email, ...others }: AccountButtonProps) {
  return (
    <UnstyledButton
      aria-haspopup="menu"
      {...others}
      className={classes.button}
      aria-label={shellTexts.account.menu(email)}
    >
      <span className={classes.letter} aria-hidden="true">
        {email.slice(0, 1).toUpperCase()}
      </span>
      <Text size="xs" truncate flex={1} title={email}>
        {email}
      </Text>
      <Icon name="up" size={12} />
    </UnstyledButton>
  )
}
