import { Button, Combobox, useCombobox } from '@mantine/core'
import { type ReactNode, useState } from 'react'

export type PickerGroup = {
  readonly label: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

type PickerProps = {
  readonly label: string
  /** What the button says; the label where it is left out. */
  readonly text?: string
  readonly icon: ReactNode
  readonly searchLabel: string
  readonly nothing: string
  readonly groups: readonly PickerGroup[]
  readonly onChoose: (value: string) => void
}

/** A button that lets one find something among many, in groups. */
export function Picker({ label, text = label, icon, searchLabel, nothing, groups, onChoose }: PickerProps) {
  const [search, setSearch] = useState('')
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      combobox.focusTarget()
      setSearch('')
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  })
  const found = groups
    .map((group) => ({ ...group, options: group.options.filter((option) => fits(option.label, search)) }))
    .filter(({ options }) => options.length > 0)
  return (
    <Combobox
      store={combobox}
      width={260}
      position="bottom-start"
      shadow="md"
      onOptionSubmit={(value) => {
        onChoose(value)
        combobox.closeDropdown()
      }}
    >
      <Combobox.Target targetType="button">
        <Button
          variant="default"
          leftSection={icon}
          aria-label={label}
          onClick={() => combobox.toggleDropdown()}
        >
          {text}
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          aria-label={searchLabel}
          placeholder={searchLabel}
          onChange={(event) => {
            setSearch(event.currentTarget.value)
            combobox.updateSelectedOptionIndex()
          }}
        />
        <Combobox.Options mah={320} style={{ overflowY: 'auto' }}>
          {found.length === 0 && <Combobox.Empty>{nothing}</Combobox.Empty>}
          {found.map((group) => (
            <Combobox.Group key={group.label} label={group.label}>
              {group.options.map((option) => (
                <Combobox.Option key={option.value} value={option.value}>
                  {option.label}
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

function fits(label: string, search: string): boolean {
  return label.toLowerCase().includes(search.trim().toLowerCase())
}
