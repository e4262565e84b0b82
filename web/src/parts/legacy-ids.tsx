import { Anchor, Input, Select, Text, TextInput } from '@mantine/core'
import { legacyTexts as words } from '../texts-moving.ts'
import { type LegacyThing, systemsOf } from '../texts-moving-systems.ts'
import { RowList } from './row-list.tsx'

type LegacyIdsProps = {
  readonly of: LegacyThing
  /** Each one as SYSTEM:ID, e.g. `prosper202:1234`. */
  readonly value: readonly string[]
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (legacyIds: string[]) => void
}

/** What something is called in the links of the tracker that it was moved from. */
export function LegacyIds({ of, value, errorOf, onChange }: LegacyIdsProps) {
  const systems = systemsOf(of)
  const empty = { system: systems[0]?.value ?? '', id: '' }
  return (
    <Input.Wrapper
      label={words.label}
      description={words.hints[of]}
      error={errorOf('legacyIds')}
      labelElement="div"
      inputWrapperOrder={['label', 'description', 'input', 'error']}
    >
      <RowList
        rows={value.map(toRow)}
        onChange={(rows) => onChange(rows.map(({ system, id }) => `${system}:${id}`))}
        addLabel={words.add}
        removeLabel={(index) => words.remove(index + 1)}
        empty={empty}
        row={({ system, id }, change, index) => (
          <>
            <Select
              aria-label={words.system(index + 1)}
              data={withUnknown(systems, system)}
              value={system}
              onChange={(chosen) => change({ system: chosen ?? '' })}
              allowDeselect={false}
            />
            <TextInput
              aria-label={words.id(index + 1)}
              value={id}
              error={errorOf(`legacyIds.${index}`)}
              onChange={(event) => change({ id: event.currentTarget.value.trim() })}
              spellCheck={false}
            />
          </>
        )}
      />
      <Text size="xs" mt={6}>
        <Anchor href={movingHref(value[0])} inherit>
          {words.more}
        </Anchor>
      </Text>
    </Input.Wrapper>
  )
}

function toRow(legacyId: string) {
  const [system = '', ...rest] = legacyId.split(':')
  return { system, id: rest.join(':') }
}

/** One that was set by the API may be of any word. */
function withUnknown(systems: ReturnType<typeof systemsOf>, system: string) {
  return systems.some(({ value }) => value === system)
    ? [...systems]
    : [...systems, { value: system, label: system }]
}

function movingHref(first: string | undefined): string {
  return first === undefined ? '/moving' : `/moving?from=${encodeURIComponent(toRow(first).system)}`
}
