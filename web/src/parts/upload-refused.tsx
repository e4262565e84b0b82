import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { csvRow, csvText } from '../../../src/domain/csv-row.ts'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { saveFile } from '../save-file.ts'
import { uploadTexts as words } from '../texts-conversions.ts'
import { FormProblem } from './form-footer.tsx'
import { Icon } from './icon.tsx'

type Row = components['schemas']['ConversionUploadWithRows']['rowsPage'][number]
const PAGE_ROWS = 500
/** Outcomes of lines that count. */
const COUNTED: ReadonlySet<string> = new Set(['recorded', 'updated', 'duplicate'])

/** Lines that did not become conversions as a file, each with the reason: to correct and to upload again. */
export function RefusedLines({ id }: { readonly id: string }) {
  const save = useMutation({
    mutationFn: async () => {
      const rows = (await loadRows(id)).filter(
        ({ problem, outcome }) => problem !== '' || !COUNTED.has(outcome),
      )
      saveFile(new Blob([toCsv(rows)], { type: 'text/csv' }), words.refusedFile)
    },
  })
  return (
    <>
      <Button
        variant="default"
        loading={save.isPending}
        leftSection={<Icon name="down" size={14} />}
        onClick={() => save.mutate()}
      >
        {words.refused}
      </Button>
      <FormProblem problem={save.error?.message} />
    </>
  )
}

async function loadRows(id: string): Promise<readonly Row[]> {
  const rows: Row[] = []
  let afterLine: number | null = 0
  while (afterLine !== null) {
    const params = { path: { id }, query: { afterLine, limit: PAGE_ROWS } }
    const page: components['schemas']['ConversionUploadWithRows'] = await answerOf(
      api.GET('/api/v1/conversion-uploads/{id}', { params }),
    )
    rows.push(...page.rowsPage)
    afterLine = page.nextAfterLine
  }
  return rows
}

/** The columns that uploads understand, and why each line was refused. */
function toCsv(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ params }) => Object.keys(params)))]
  const lines = rows.map(({ line, problem, reason, outcome, params }) =>
    [String(line), problem || reason || outcome, ...names.map((name) => params[name] ?? '')].map(csvText),
  )
  return [[words.lineColumn, words.whyColumn, ...names], ...lines].map(csvRow).join('')
}
