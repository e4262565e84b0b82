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
const LABELS = {
  name: texts.sources.tokenName,
  param: texts.sources.tokenParam,
  macro: texts.sources.tokenMacro,
}

/** The named tokens of a traffic source: what it is called in reports, its parameter, the source's macro. */
export function TokenRows({ tokens, errorOf, onChange }: TokenRowsProps) {
  const change = (at: number, changes: Partial<Tokens[number]>) =>
    onChange(tokens.map((token, index) => (index === at ? { ...token, ...changes } : token)))
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
                <Table.Th key={column}>{LABELS[column]}</Table.Th>
              ))}
              <Table.Th aria-hidden />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tokens.map((token, index) => (
              <TokenRow
                // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name until it is typed
                key={index}
                token={token}
                number={index + 1}
                errorOf={(column) => errorOf(`tokens.${index}.${column}`)}
                onChange={(changes) => change(index, changes)}
                onRemove={() => onChange(tokens.filter((_, other) => other !== index))}
              />
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

type TokenRowProps = {
  readonly token: Tokens[number]
  /** From 1. */
  readonly number: number
  readonly errorOf: (column: (typeof COLUMNS)[number]) => string | undefined
  readonly onChange: (changes: Partial<Tokens[number]>) => void
  readonly onRemove: () => void
}

function TokenRow({ token, number, errorOf, onChange, onRemove }: TokenRowProps) {
  return (
    <Table.Tr>
      {COLUMNS.map((column) => (
        <Table.Td key={column}>
          <TextInput
            aria-label={`${LABELS[column]} ${number}`}
            value={token[column]}
            error={errorOf(column)}
            onChange={(event) => onChange({ [column]: event.currentTarget.value })}
          />
        </Table.Td>
      ))}
      <Table.Td>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={texts.campaigns.remove(token.name || texts.sources.tokenName)}
          onClick={onRemove}
        >
          <Icon name="remove" size={14} />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  )
}
