import { Kbd, Modal, SimpleGrid, Switch, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Places } from '../navigation.ts'
import { shellTexts } from '../texts-shell.ts'
import { areSingleKeysOn, turnSingleKeys } from './shortcuts.tsx'
import classes from './shortcuts-overlay.module.css'

const words = shellTexts.shortcuts
const CONTROL = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

const EVERYWHERE: readonly (readonly [keys: readonly string[], what: string])[] = [
  [[CONTROL, 'K'], words.palette],
  [['?'], words.help],
  [['/'], words.search],
  [['n'], words.create],
  [[CONTROL, 'Z'], words.undo],
  [['Esc'], words.close],
]

type ShortcutsOverlayProps = {
  readonly places: Places
  readonly opened: boolean
  readonly onClose: () => void
}

/** Which keys do what, and turning off those that are a single letter. */
export function ShortcutsOverlay({ places, opened, onClose }: ShortcutsOverlayProps) {
  const [single, setSingle] = useState(areSingleKeysOn)
  const { navigation, last } = places
  const items = [...navigation.flatMap((group) => group.items), ...(last === undefined ? [] : [last])]
  return (
    <Modal opened={opened} onClose={onClose} title={words.title} size="lg" centered>
      <Title order={3} className={classes.heading}>
        {words.general}
      </Title>
      <Keys>
        {EVERYWHERE.map(([keys, what]) => (
          <Shortcut key={what} keys={keys} what={what} />
        ))}
      </Keys>
      <Title order={3} className={classes.heading} mt="lg">
        {words.go}
      </Title>
      <Keys>
        {items.map(({ letter, label }) => letter && <Shortcut key={label} keys={[letter]} what={label} />)}
      </Keys>
      <Switch
        mt="xl"
        label={words.single}
        description={words.singleHint}
        checked={single}
        onChange={(event) => {
          turnSingleKeys(event.currentTarget.checked)
          setSingle(event.currentTarget.checked)
        }}
      />
    </Modal>
  )
}

function Keys({ children }: { readonly children: ReactNode }) {
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2 }} spacing="xl" verticalSpacing={6} m={0}>
      {children}
    </SimpleGrid>
  )
}

function Shortcut({ keys, what }: { readonly keys: readonly string[]; readonly what: string }) {
  return (
    <div className={classes.shortcut}>
      <Text component="dt" size="sm">
        {what}
      </Text>
      <dd className={classes.keys}>
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </dd>
    </div>
  )
}
