import { Table, Text, UnstyledButton } from '@mantine/core'
import { Section } from '../parts/page.tsx'
import { portalTexts } from '../texts-portal.ts'
import classes from './portal.module.css'

const words = portalTexts.macros

/** The macros of postbacks under their names here and elsewhere; a press inserts one. */
export function MacroHelp({ onInsert }: { readonly onInsert: (macro: string) => void }) {
  return (
    <Section title={words.title} aside={words.lead}>
      <Table className={classes.macros} aria-label={words.title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.value}</Table.Th>
            <Table.Th>{words.here}</Table.Th>
            <Table.Th>{words.elsewhere}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {words.rows.map(([value, macro, aliases]) => (
            <Table.Tr key={macro}>
              <Table.Td>{value}</Table.Td>
              <Table.Td>
                <UnstyledButton
                  className={classes.macro}
                  onClick={() => onInsert(macro)}
                  aria-label={words.insert(macro)}
                >
                  {macro}
                </UnstyledButton>
              </Table.Td>
              <Table.Td className={classes.aliases}>{aliases}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
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
