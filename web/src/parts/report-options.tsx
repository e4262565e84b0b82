import { Button, Input, Popover, SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import { TIME_ZONES } from '../choices.ts'
import { comparedPeriod } from '../report-compare.ts'
import type { AskedReport } from '../report-data.ts'
import { splitDimension } from '../report-names.ts'
import { setQuery } from '../router.tsx'
import { useMe } from '../session.ts'
import { texts, toOptions } from '../texts.ts'
import { explorerTexts as words } from '../texts-explorer.ts'
import { Icon } from './icon.tsx'

const inside = { comboboxProps: { withinPortal: false } } as const

/** What is seldom changed: comparison, time zone, which date counts, nested or flat. */
export function ReportOptions({ asked }: { readonly asked: AskedReport }) {
  return (
    <Popover position="bottom-end" shadow="md" trapFocus width={320}>
      <Popover.Target>
        <Button variant="default" leftSection={<Icon name="settings" size={14} />}>
          {words.options}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <CompareFields asked={asked} />
          <ZoneSelect asked={asked} />
          <Switch
            label={texts.report.dateBasis}
            data={texts.report.dateBases}
            value={asked.dateBasis}
            onChange={(basis) => setQuery({ basis })}
          />
          {asked.groupBy.length > 1 && (
            <Switch
              label={words.nesting}
              data={words.nestings}
              value={asked.isFlat ? 'flat' : 'tree'}
              onChange={(nesting) =>
                setQuery({ flat: nesting === 'flat' ? '1' : undefined, open: undefined, pick: undefined })
              }
            />
          )}
          {splitDimension(asked) !== undefined && (
            <Select
              {...inside}
              label={texts.report.splitBy}
              data={toOptions(texts.report.splitMetrics)}
              value={asked.splitBy}
              onChange={(split) => setQuery({ split: split ?? undefined })}
              allowDeselect={false}
            />
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function CompareFields({ asked }: { readonly asked: AskedReport }) {
  return (
    <>
      <Select
        {...inside}
        label={words.compare}
        data={toOptions(words.comparisons)}
        value={asked.compare}
        onChange={(compare) =>
          setQuery({
            compare: compare === 'none' ? undefined : (compare ?? undefined),
            compareFrom: undefined,
          })
        }
        allowDeselect={false}
      />
      {asked.compare === 'custom' && (
        <TextInput
          type="date"
          label={words.compareFrom}
          value={comparedPeriod(asked)?.from ?? ''}
          onChange={(event) => setQuery({ compareFrom: event.currentTarget.value })}
        />
      )}
    </>
  )
}

function ZoneSelect({ asked }: { readonly asked: AskedReport }) {
  const { timeZone } = useMe().workspace
  const others = TIME_ZONES.filter((zone) => zone !== timeZone)
  return (
    <Select
      {...inside}
      label={words.timeZone}
      data={[
        { value: timeZone, label: words.workspaceZone(timeZone) },
        ...others.map((value) => ({ value, label: value })),
      ]}
      value={asked.timeZone}
      onChange={(zone) => setQuery({ zone: zone === timeZone ? undefined : (zone ?? undefined) })}
      searchable
      allowDeselect={false}
      limit={100}
    />
  )
}

type SwitchProps = {
  readonly label: string
  readonly data: Readonly<Record<string, string>>
  readonly value: string
  readonly onChange: (value: string) => void
}

function Switch({ label, data, value, onChange }: SwitchProps) {
  return (
    <div>
      <Input.Label labelElement="div">{label}</Input.Label>
      <SegmentedControl
        aria-label={label}
        data={toOptions(data)}
        value={value}
        onChange={onChange}
        fullWidth
      />
    </div>
  )
}
