import { Stack, Text } from '@mantine/core'
import type { paths } from '../api-types.ts'
import { formatCount, formatDay, formatMoney } from '../format.ts'
import { useNames } from '../resource.ts'
import { campaigns } from '../resources.ts'
import { costTexts as words } from '../texts-corrections.ts'
import { DataTable } from './data-table.tsx'
import { Sums } from './sums.tsx'

export type CostAnswer =
  paths['/api/v1/cost-corrections']['post']['responses'][200]['content']['application/json']
export type CostPreview = Extract<CostAnswer, { preview: true }>

/** What a correction does, or did: its sums, and before it is applied each campaign on each day. */
export function CostEffect({ answer }: { readonly answer: CostAnswer }) {
  const money = (amount: string) => formatMoney(amount, answer.currency)
  return (
    <Stack gap="md">
      <Stack gap={6}>
        <Sums
          sums={[
            { label: words.visits, value: formatCount(answer.visits) },
            { label: words.before, value: money(answer.costBefore) },
            { label: words.after, value: money(answer.costAfter) },
            { label: words.difference, value: money(answer.difference) },
          ]}
        />
        {answer.dimensions.length > 0 && (
          <Text size="xs" c="dimmed">
            {words.dimensions(answer.dimensions.join(', ').replaceAll('_', ' '))}
          </Text>
        )}
      </Stack>
      {answer.preview && answer.lines.length > 0 && <Lines preview={answer} />}
    </Stack>
  )
}

function Lines({ preview }: { readonly preview: CostPreview }) {
  const { lines, more, currency, dimensions } = preview
  const campaignName = useNames(campaigns)
  // A campaign's share may be far below a cent.
  const money = (amount: string) => formatMoney(amount, currency, 6)
  const unnamed = dimensions.includes('campaign') ? words.noCampaign : words.allCampaigns
  return (
    <Stack gap="xs">
      <DataTable
        label={words.lines}
        rows={lines}
        rowKey={({ day, campaignId }) => `${day} ${campaignId}`}
        columns={[
          {
            key: 'campaign',
            header: words.campaign,
            cell: ({ campaignId }) => (campaignId === '' ? unnamed : campaignName(campaignId)),
          },
          { key: 'day', header: words.day, cell: ({ day }) => formatDay(Date.parse(day), 'UTC') },
          { key: 'visits', header: words.visits, numeric: true, cell: ({ visits }) => formatCount(visits) },
          {
            key: 'before',
            header: words.before,
            numeric: true,
            cell: ({ costBefore }) => money(costBefore),
          },
          { key: 'after', header: words.after, numeric: true, cell: ({ costAfter }) => money(costAfter) },
          {
            key: 'difference',
            header: words.difference,
            numeric: true,
            cell: ({ difference }) => money(difference),
          },
        ]}
      />
      {more.lines > 0 && (
        <Text size="sm" c="dimmed">
          {words.more(formatCount(more.lines), money(more.difference))}
        </Text>
      )}
    </Stack>
  )
}
