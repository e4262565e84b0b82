import { Button, FileInput, Group, Select, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Day } from '../parts/day.tsx'
import { Empty } from '../parts/empty.tsx'
import rowClasses from '../parts/flow-paths.module.css'
import { FormProblem } from '../parts/form-footer.tsx'
import { Pair } from '../parts/form-layout.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Section } from '../parts/page.tsx'
import { ItemSelect } from '../parts/pickers.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { When } from '../parts/when.tsx'
import { useItems, useNames } from '../resource.ts'
import { advertisers, reconciliations } from '../resources-network.ts'
import { navigate } from '../router.tsx'
import { useMayChange, useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { reconcileTexts as words } from '../texts-billing.ts'
import { useForm } from '../use-form.ts'
import { dayAfter, startOfDay } from '../zoned-day.ts'

type ColumnName = keyof typeof words.columnNames

/** Advertisers' own lists beside ours: send a file, look, apply. */
export function Reconciliations() {
  const mayChange = useMayChange()
  return (
    <Page title={words.title} lead={words.lead}>
      {mayChange && <CompareForm />}
      <Earlier />
    </Page>
  )
}

type CompareForm = ReturnType<typeof useCompareForm>

/** Sends the file, and goes to what came of it. */
function useCompareForm() {
  const { timeZone } = useMe().workspace
  const queries = useQueryClient()
  return useForm(START, async ({ csv, from, to, ...values }) => {
    const columns = Object.fromEntries(
      Object.entries(values.columns).filter(([, heading]) => heading.trim() !== ''),
    )
    const body = {
      ...values,
      columns,
      name: csv?.name ?? '',
      csv: (await csv?.text()) ?? '',
      from: startOfDay(from, timeZone).toISOString(),
      to: startOfDay(dayAfter(to), timeZone).toISOString(),
    }
    const compared = await answerOf(api.POST('/api/v1/reconciliations', { body }))
    await queries.invalidateQueries({ queryKey: [reconciliations.name] })
    navigate(`/reconciliations/${compared.id}`)
  })
}

function CompareForm() {
  const form = useCompareForm()
  const { values, set, errorOf } = form
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md" maw={640}>
        <Payer form={form} />
        <FileInput
          label={words.file}
          description={words.fileHint}
          placeholder={words.choose}
          accept=".csv,text/csv,text/plain"
          fileInputProps={{ 'aria-label': words.file }}
          value={values.csv}
          error={errorOf('csv')}
          onChange={(csv) => set({ csv })}
          leftSection={<Icon name="upload" />}
          clearable
        />
        <Pair>
          <TextInput
            {...form.text('from')}
            label={words.from}
            description={words.periodHint}
            type="date"
            required
          />
          <TextInput {...form.text('to')} label={words.to} type="date" required />
        </Pair>
        <Columns columns={values.columns} errorOf={errorOf} onChange={(columns) => set({ columns })} />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" disabled={values.csv === null} loading={form.saving}>
            {words.compare}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Whose list it is, and what its amounts are. */
function Payer({ form: { values, set, errorOf } }: { readonly form: CompareForm }) {
  return (
    <Pair>
      <ItemSelect
        resource={advertisers}
        label={words.advertiser}
        value={values.advertiserId}
        error={errorOf('advertiserId')}
        onChange={(advertiserId) => set({ advertiserId })}
        required
      />
      <Select
        label={words.amountIs}
        data={toOptions(words.amounts)}
        value={values.amountIs}
        onChange={(amountIs) => isKey(words.amounts, amountIs) && set({ amountIs })}
        allowDeselect={false}
      />
    </Pair>
  )
}

const NO_COLUMNS: Readonly<Record<ColumnName, string>> = {
  cid: '',
  txid: '',
  amount: '',
  currency: '',
  status: '',
  event: '',
  time: '',
  offer: '',
  affiliate: '',
}
const START: {
  readonly advertiserId: string
  readonly amountIs: keyof typeof words.amounts
  readonly csv: File | null
  readonly from: string
  readonly to: string
  readonly columns: Readonly<Record<ColumnName, string>>
} = { advertiserId: '', amountIs: 'revenue', csv: null, from: '', to: '', columns: NO_COLUMNS }

type ColumnsProps = {
  readonly columns: Readonly<Record<ColumnName, string>>
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (columns: Readonly<Record<ColumnName, string>>) => void
}

/** Few files need it, so it stays folded. */
function Columns({ columns, errorOf, onChange }: ColumnsProps) {
  const names = Object.keys(words.columnNames).filter((name) => isKey(words.columnNames, name))
  return (
    <details className={rowClasses.more}>
      <summary>{words.columns}</summary>
      <Stack gap="md" mt="xs">
        <Pair>
          {names.map((name) => (
            <TextInput
              key={name}
              label={words.columnNames[name]}
              value={columns[name]}
              error={errorOf(`columns.${name}`)}
              onChange={(event) => onChange({ ...columns, [name]: event.currentTarget.value })}
            />
          ))}
        </Pair>
      </Stack>
    </details>
  )
}

function Earlier() {
  const query = useItems(reconciliations)
  const advertiserName = useNames(advertisers)
  return (
    <Section title={words.earlier}>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="compare" title={words.noneTitle} text={words.noneText} />
          ) : (
            <DataTable
              label={words.earlier}
              rows={items}
              rowKey={(item) => item.id}
              href={(item) => `/reconciliations/${item.id}`}
              columns={[
                { key: 'name', header: words.name, cell: (item) => item.name },
                {
                  key: 'advertiser',
                  header: words.advertiser,
                  cell: (item) => advertiserName(item.advertiserId),
                },
                {
                  key: 'period',
                  header: words.period,
                  cell: (item) => (
                    <>
                      <Day at={item.from} /> – <Day at={item.to} isEnd />
                    </>
                  ),
                },
                {
                  key: 'state',
                  header: words.state,
                  cell: (item) => <StateBadge state={item.state} words={words.states} />,
                },
                {
                  key: 'different',
                  header: words.kinds.different,
                  numeric: true,
                  cell: (item) => item.kinds.different.rows,
                },
                {
                  key: 'missing',
                  header: words.kinds.missing,
                  numeric: true,
                  cell: (item) => item.kinds.missing.rows,
                },
                { key: 'when', header: words.when, cell: (item) => <When at={item.createdAt} /> },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  )
}
