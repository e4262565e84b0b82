import { Input, PasswordInput, TextInput } from '@mantine/core'
import type { TargetValues } from '../target-values.ts'
import { headerTexts as words } from '../texts-targets.ts'
import { RowList } from './row-list.tsx'

type TargetHeadersProps = {
  readonly target: Pick<TargetValues, 'headers' | 'headerNames'>
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (changes: Pick<TargetValues, 'headers'>) => void
}

/** Headers that a call carries besides its own, such as the key of the receiver; their values are never shown again. */
export function TargetHeaders({ target: { headers, headerNames }, errorOf, onChange }: TargetHeadersProps) {
  return (
    <Input.Wrapper
      label={words.title}
      description={words.hint}
      error={errorOf('headers')}
      labelElement="div"
      inputWrapperOrder={['label', 'description', 'input', 'error']}
    >
      <RowList
        rows={headers}
        onChange={(rows) => onChange({ headers: rows })}
        addLabel={words.add}
        removeLabel={(index) => words.remove(headers[index]?.name || words.header(index + 1))}
        empty={{ name: '', value: '' }}
        row={(row, change, index) => {
          const isSet = headerNames.includes(row.name)
          return (
            <>
              <TextInput
                aria-label={words.name(index + 1)}
                placeholder="X-Api-Key"
                value={row.name}
                error={
                  errorOf(`headers.${row.name.trim().toLowerCase()}`) ?? errorOf(`headers.${row.name.trim()}`)
                }
                // A value that is set belongs to its name: another name is another header.
                readOnly={isSet}
                onChange={(event) => change({ name: event.currentTarget.value })}
                spellCheck={false}
              />
              <PasswordInput
                aria-label={words.value(index + 1)}
                placeholder={isSet ? words.kept : words.valuePlaceholder}
                value={row.value}
                onChange={(event) => change({ value: event.currentTarget.value })}
                autoComplete="off"
                spellCheck={false}
              />
            </>
          )
        }}
      />
    </Input.Wrapper>
  )
}
