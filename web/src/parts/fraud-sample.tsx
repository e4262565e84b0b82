import { Text } from '@mantine/core'
import { fraudTexts as words } from '../texts-corrections.ts'
import { DataTable } from './data-table.tsx'
import type { FraudPreview } from './fraud-rerun.tsx'
import { Shortened } from './shortened.tsx'
import { When } from './when.tsx'

/** Some of the visits that a rule fits, to see whether it means the right ones. */
export function FraudSample({ sample }: { readonly sample: FraudPreview['sample'] }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={6}>
        {words.sample}
      </Text>
      <DataTable
        label={words.sample}
        rows={sample}
        rowKey={(visit) => visit.clickId}
        href={(visit) => `/visits/${visit.clickId}`}
        columns={[
          { key: 'time', header: words.time, cell: (visit) => <When at={visit.at} /> },
          { key: 'ip', header: words.ip, cell: (visit) => visit.ip },
          { key: 'country', header: words.country, cell: (visit) => visit.country },
          {
            key: 'agent',
            header: words.userAgent,
            cell: (visit) => <Shortened text={visit.userAgent} width={180} />,
          },
          { key: 'flags', header: words.flagged, cell: (visit) => visit.flags },
        ]}
      />
    </div>
  )
}
