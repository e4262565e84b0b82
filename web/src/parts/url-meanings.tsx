import { Table } from '@mantine/core'
import type { UrlPart, UrlPurpose } from '../../../src/domain/explain-url-types.ts'
import { urlTexts as words } from '../texts-url.ts'
import { kindOfPart } from '../url-reading.ts'
import classes from './url-preview.module.css'

type UrlMeaningsProps = {
  readonly text: string
  readonly parts: readonly UrlPart[]
  readonly purpose: UrlPurpose
}

/** The macros of a URL as a table: what the colours say, for everybody. */
export function UrlMeanings({ text, parts, purpose }: UrlMeaningsProps) {
  const macros = parts.filter(({ kind }) => kind !== 'literal')
  const written = new Map(macros.map((part) => [text.slice(part.start, part.end), part]))
  if (written.size === 0) return null
  const { column } = words
  return (
    <details className={classes.meanings}>
      <summary>{words.meanings(written.size)}</summary>
      <Table.ScrollContainer type="native" minWidth={420}>
        <Table verticalSpacing={4} fz="xs" withRowBorders={false}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{column.macro}</Table.Th>
              <Table.Th>{column.about}</Table.Th>
              <Table.Th>{column.becomes}</Table.Th>
              <Table.Th>{column.sample}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {[...written].map(([macro, part]) => (
              <Table.Tr key={macro}>
                <Table.Td>
                  <code className={classes.macro} data-kind={kindOfPart(part, purpose)}>
                    {macro}
                  </code>
                </Table.Td>
                <Table.Td>{words.kinds[kindOfPart(part, purpose)]}</Table.Td>
                <Table.Td>{part.meaning || words.empty}</Table.Td>
                <Table.Td>{part.sample !== '' && <code>{part.sample}</code>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </details>
  )
}
