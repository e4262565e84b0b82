import { Text } from '@mantine/core'
import { formatCount, formatMoney } from '../format.ts'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { conversionTexts as words } from '../texts-conversions.ts'
import { type ConversionFilter, useConversionTotals } from '../use-conversions.ts'
import { Sums } from './sums.tsx'

/** What all that match come to, also those on other pages; nothing while nothing matches. */
export function ConversionTotals({ filter }: { readonly filter: ConversionFilter }) {
  const { data } = useConversionTotals(filter)
  const { currency } = useMe().workspace
  if (data === undefined || (data.count === 0 && data.isWhole)) return null
  const { count, revenue, payout, byStatus, isWhole } = data
  return (
    <div>
      <Sums
        sums={[
          { label: words.count, value: formatCount(count) },
          ...(revenue === '' ? [] : [{ label: words.revenue, value: formatMoney(revenue, currency) }]),
          ...(Number(payout) === 0 ? [] : [{ label: words.payout, value: formatMoney(payout, currency) }]),
          ...(byStatus.length < 2
            ? []
            : byStatus.map((each) => ({ label: texts.status[each.status], value: formatCount(each.count) }))),
        ]}
      />
      {!isWhole && (
        <Text size="xs" c="dimmed" mt={4}>
          {words.newest}
        </Text>
      )}
    </div>
  )
}
