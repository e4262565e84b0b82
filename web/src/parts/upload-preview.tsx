import { Button, Checkbox, Group, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatCount, formatMoney } from '../format.ts'
import { isKey, texts } from '../texts.ts'
import { uploadTexts as words } from '../texts-conversions.ts'
import { FormProblem } from './form-footer.tsx'
import { JobProgress } from './job-progress.tsx'
import { Sums } from './sums.tsx'
import { UploadLines } from './upload-lines.tsx'
import { RefusedLines } from './upload-refused.tsx'

export type UploadPreview = components['schemas']['ConversionUploadPreview']

export type Upload = components['schemas']['ConversionUpload']

type UploadViewProps = {
  readonly upload: Upload
  /** Told when the file came, and not again. */
  readonly effect: UploadPreview['effect'] | undefined
  readonly onOther: () => void
}

/** What a file would do; then doing it, and what came of it. */
export function UploadView({ upload, effect, onOther }: UploadViewProps) {
  const queries = useQueryClient()
  const [notify, setNotify] = useState(true)
  const apply = useMutation({
    mutationFn: () => {
      const params = { path: { id: upload.id } }
      return answerOf(api.POST('/api/v1/conversion-uploads/{id}/apply', { params, body: { notify } }))
    },
  })
  const jobId = apply.data?.id ?? upload.jobId
  const good = upload.rows - upload.broken
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['conversion-uploads'] })
    void queries.invalidateQueries({ queryKey: ['conversions'] })
  }
  return (
    <Stack gap="lg">
      <Sums sums={toSums(upload, effect)} />
      {jobId === '' ? (
        <Stack gap="md">
          <Checkbox
            label={words.notify}
            description={words.notifyHint}
            checked={notify}
            onChange={(event) => setNotify(event.currentTarget.checked)}
          />
          <FormProblem problem={apply.error?.message} />
          <Group gap="xs">
            <Button loading={apply.isPending} disabled={good === 0} onClick={() => apply.mutate()}>
              {words.apply(good)}
            </Button>
            <Button variant="subtle" color="gray" onClick={onOther}>
              {words.other}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="md">
          <JobProgress id={jobId} onEnd={refresh} />
          <UploadOutcomes id={upload.id} />
          <Group gap="xs">
            <RefusedLines id={upload.id} />
            <Button variant="subtle" color="gray" onClick={onOther}>
              {words.other}
            </Button>
          </Group>
        </Stack>
      )}
      <UploadLines upload={upload} />
    </Stack>
  )
}

/** How many lines became what, as far as they are judged. */
function UploadOutcomes({ id }: { readonly id: string }) {
  const query = useQuery({
    queryKey: ['conversion-uploads', 'one', id],
    queryFn: () => answerOf(api.GET('/api/v1/conversion-uploads/{id}', { params: { path: { id } } })),
  })
  const outcomes = Object.entries(query.data?.outcomes ?? {})
  if (outcomes.length === 0) return null
  return (
    <Sums
      sums={outcomes.map(([outcome, count]) => ({
        label: isKey(texts.outcome, outcome) ? texts.outcome[outcome] : outcome,
        value: formatCount(count),
      }))}
    />
  )
}

function toSums({ rows, broken }: Upload, effect: UploadPreview['effect'] | undefined) {
  return [
    { label: words.sumRows, value: formatCount(rows) },
    { label: words.sumGood, value: formatCount(rows - broken) },
    { label: words.sumBroken, value: formatCount(broken), isBad: broken > 0 },
    ...(effect === undefined ? [] : effectSums(effect)),
  ]
}

function effectSums({ alreadyConverted, amounts, withoutAmount }: UploadPreview['effect']) {
  return [
    { label: words.sumConverted, value: formatCount(alreadyConverted) },
    ...amounts.map(({ currency, amount }) => ({
      label: words.sumAmount,
      value: currency === '' ? amount : formatMoney(amount, currency),
    })),
    { label: words.sumWithout, value: formatCount(withoutAmount) },
  ]
}
