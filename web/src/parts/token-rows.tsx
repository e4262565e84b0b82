import { ActionIcon, Button, Input, Table, TextInput } from '@mantine/core'
import type { TrafficSource } from '../resources.ts'
import { texts } from '../texts.ts'
import { Icon } from './icon.tsx'
import classes from './rows.module.css'

type Tokens = TrafficSource['tokens']

type TokenRowsProps = {
  readonly tokens: Tokens
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (tokens: Tokens) => void
}

const COLUMNS = ['name', 'param', 'macro'] as const

/** The named tokens of a traffic source: what it is called in reports, its parameter, the source's macro. */
export function TokenRows({ tokens, errorOf, onChange }: TokenRowsProps) {
  const change = (at: number, changes: Partial<Tokens[number]>) =>
    onChange(tokens.map((token, index) => (index === at ? { ...token, ...changes } : token)))
  const labels = {
    name: texts.sources.tokenName,
    param: texts.sources.tokenParam,
    macro: texts.sources.tokenMacro,
  }
  return (
    <Input.Wrapper
      label={texts.sources.tokens}
      description={texts.sources.tokensHint}
      labelElement="div"
      inputWrapperOrder={['label', 'description', 'input']}
    >
      {tokens.length > 0 && (
        <Table className={classes.rows} withRowBorders={false}>
          <Table.Thead>
            <Table.Tr>
              {COLUMNS.map((column) => (
                <Table.Th key={column}>{labels[column]}</Table.Th>
              ))}
              <Table.Th aria-hidden />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tokens.map((token, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name until it is typed
              <Table.Tr key={index}>
                {COLUMNS.map((column) => (
                  <Table.Td key={column}>
                    <TextInput
                      aria-label={`${labels[column]} ${index + 1}`}
                      value={token[column]}
                      error={errorOf(`tokens.${index}.${column}`)}
                      onChange={(event) => change(index, { [column]: event.currentTarget.value })}
                    />
                  </Table.Td>
                ))}
                <Table.Td>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="lg"
                    aria-label={texts.campaigns.remove(token.name || texts.sources.tokenName)}
                    onClick={() => onChange(tokens.filter((_, other) => other !== index))}
                  >
                    <Icon name="remove" size={14} />
                  </ActionIcon>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Button
        variant="default"
        size="xs"
        mt={6}
        leftSection={<Icon name="plus" size={12} />}
        onClick={() => onChange([...tokens, { name: '', param: '', macro: '' }])}
      >
        {texts.sources.tokenAdd}
      </Button>
    </Input.Wrapper>
  )
}
