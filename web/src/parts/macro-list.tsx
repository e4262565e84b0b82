import { Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { UrlPurpose } from '../../../src/domain/explain-url-types.ts'
import { type MacroChoice, macroChoices, sampleOf } from '../macro-choices.ts'
import { macroTexts as words } from '../texts-macros.ts'
import { urlTexts } from '../texts-url.ts'
import classes from './macro-help.module.css'

export type MacroListProps = {
  readonly purpose: UrlPurpose
  readonly onInsert: (macro: string) => void
}

const KINDS = ['id', 'money', 'result', 'passed', 'name', 'visitor'] as const

/** All macros by what they are about, and the modifiers, each with an example. */
export function MacroList({ purpose, onInsert }: MacroListProps) {
  const [asked, setAsked] = useState('')
  const found = macroChoices(purpose).filter((choice) => isFound(choice, asked))
  return (
    <Stack gap="xs" mt="xs">
      <Text size="xs" c="dimmed">
        {words.lead} {words.encoded}
      </Text>
      <TextInput
        size="xs"
        aria-label={words.find}
        placeholder={words.find}
        value={asked}
        onChange={(event) => setAsked(event.currentTarget.value)}
        // Enter would send the form that the field is a part of.
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      <div className={classes.list}>
        {KINDS.map((kind) => (
          <Kind
            key={kind}
            title={urlTexts.kinds[kind]}
            choices={found.filter((choice) => choice.kind === kind)}
            onInsert={onInsert}
          />
        ))}
        {found.length === 0 && <Text size="xs">{words.none}</Text>}
        <Modifiers onInsert={onInsert} />
      </div>
    </Stack>
  )
}

function isFound({ text, meaning }: MacroChoice, asked: string): boolean {
  const sought = asked.trim().toLowerCase()
  return text.includes(sought) || meaning.toLowerCase().includes(sought)
}

type KindProps = {
  readonly title: string
  readonly choices: readonly MacroChoice[]
  readonly onInsert: (macro: string) => void
}

function Kind({ title, choices, onInsert }: KindProps) {
  if (choices.length === 0) return null
  return (
    <section aria-label={title}>
      <Text size="xs" fw={600} mb={4}>
        {title}
      </Text>
      <ul className={classes.rows}>
        {choices.map(({ text, meaning, sample }) => (
          <Row key={text} macro={text} about={meaning} sample={sample} onInsert={onInsert} />
        ))}
      </ul>
    </section>
  )
}

function Modifiers({ onInsert }: Pick<KindProps, 'onInsert'>) {
  return (
    <section aria-label={words.modifiers}>
      <Text size="xs" fw={600}>
        {words.modifiers}
      </Text>
      <Text size="xs" c="dimmed" mb={4}>
        {words.modifiersLead}
      </Text>
      <ul className={classes.rows}>
        {words.modifierRows.map(([macro, about]) => (
          <Row key={macro} macro={macro} about={about} sample={sampleOf(macro)} onInsert={onInsert} />
        ))}
      </ul>
    </section>
  )
}

type RowProps = {
  readonly macro: string
  readonly about: string
  readonly sample: string
  readonly onInsert: (macro: string) => void
}

function Row({ macro, about, sample, onInsert }: RowProps) {
  return (
    <li className={classes.row}>
      <UnstyledButton
        className={classes.macro}
        aria-label={words.insert(macro)}
        onClick={() => onInsert(macro)}
      >
        {macro}
      </UnstyledButton>
      <span className={classes.about}>
        {about} {sample !== '' && <span className={classes.sample}>{words.becomes(sample)}</span>}
      </span>
    </li>
  )
}
