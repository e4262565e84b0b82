import { EXPORTED_CONVERSIONS_MAX } from '../../../src/domain/conversion-export.ts'
import { answerOf, api } from '../api.ts'
import type { paths } from '../api-types.ts'
import { dayOf, formatCount } from '../format.ts'
import { useMe } from '../session.ts'
import { conversionTexts as words } from '../texts-conversions.ts'
import { CsvButton } from './csv-button.tsx'

type Query = paths['/api/v1/conversions/export']['get']['parameters']['query']

type ConversionExportProps = {
  /** As the list is filtered. */
  readonly query: NonNullable<Query>
  /** How many fit, as far as anybody knows. */
  readonly count?: number | undefined
}

/** Everything that the list of conversions finds, as a file. */
export function ConversionExport({ query, count }: ConversionExportProps) {
  const { timeZone } = useMe().workspace
  const isCut = count !== undefined && count > EXPORTED_CONVERSIONS_MAX
  return (
    <CsvButton
      label={words.export}
      fileName={`conversions-${dayOf(new Date(), timeZone)}.csv`}
      note={isCut ? words.exportCut(formatCount(EXPORTED_CONVERSIONS_MAX)) : undefined}
      // Also the text of a CSV file is kept byte by byte.
      load={() =>
        answerOf<Blob>(api.GET('/api/v1/conversions/export', { params: { query }, parseAs: 'blob' }))
      }
    />
  )
}
