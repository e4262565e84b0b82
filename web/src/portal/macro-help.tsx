import { Text, UnstyledButton } from '@mantine/core'
import { MacroHelp as AllMacros } from '../parts/macro-help.tsx'
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
      <AllMacros purpose="affiliate_target" onInsert={onInsert} />
    </Section>
  )
}
