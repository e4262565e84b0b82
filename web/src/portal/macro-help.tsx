import { Text, UnstyledButton } from '@mantine/core'
import { Section } from '../parts/page.tsx'
import { portalTexts } from '../texts-portal.ts'
import classes from './portal.module.css'

const words = portalTexts.macros

/** The macros of postbacks under their names here and elsewhere; a press inserts one. */
export function MacroHelp({ onInsert }: { readonly onInsert: (macro: string) => void }) {
  return (
    <Section title={words.title} aside={words.lead}>
      <dl className={classes.macros}>
        {words.rows.map(([value, macro, aliases]) => (
          <div key={macro}>
            <dt>{value}</dt>
            <dd>
              <UnstyledButton
                className={classes.macro}
                onClick={() => onInsert(macro)}
                aria-label={words.insert(macro)}
              >
                {macro}
              </UnstyledButton>
              {aliases !== '' && <div className={classes.aliases}>{aliases}</div>}
            </dd>
          </div>
        ))}
      </dl>
      <Text size="xs" c="dimmed">
        {words.known}
      </Text>
      <Text size="xs" c="dimmed">
        {words.extra}
      </Text>
    </Section>
  )
}

type TextField = HTMLInputElement | HTMLTextAreaElement

/** The field's text with the macro at the cursor, or at its end while the field was never visited. */
export function withMacro(field: TextField | null, text: string, macro: string): string {
  const at = field?.selectionStart ?? text.length
  const end = field?.selectionEnd ?? at
  return text.slice(0, at) + macro + text.slice(end)
}
