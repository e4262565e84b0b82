import { Button, FileInput, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { answerOf, api, postCsv } from '../api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Section } from '../parts/page.tsx'
import { type Upload, type UploadPreview, UploadView } from '../parts/upload-preview.tsx'
import { When } from '../parts/when.tsx'
import { type Listed, useItems } from '../resource.ts'
import { setQuery, usePlace } from '../router.tsx'
import { isKey, texts } from '../texts.ts'
import { uploadTexts as words } from '../texts-conversions.ts'

const uploads: Listed<Upload> = {
  name: 'conversion-uploads',
  list: (query) => answerOf(api.GET('/api/v1/conversion-uploads', { params: { query } })),
}

/** A network's file of conversions: choose, look, apply; the address names the file, so that one comes back to it. */
export function ConversionUpload() {
  const [fresh, setFresh] = useState<UploadPreview>()
  const id = usePlace().query.get('id') ?? ''
  const open = (preview: UploadPreview) => {
    setFresh(preview)
    setQuery({ id: preview.id })
  }
  return (
    <Page
      title={words.title}
      lead={words.lead}
      back={{ href: '/conversions', label: texts.conversions.title }}
    >
      {id === '' ? (
        <ChooseFile onPreview={open} />
      ) : (
        <OpenedUpload key={id} id={id} effect={fresh?.id === id ? fresh.effect : undefined} />
      )}
      <Earlier />
    </Page>
  )
}

type OpenedProps = { readonly id: string; readonly effect: UploadPreview['effect'] | undefined }

function OpenedUpload({ id, effect }: OpenedProps) {
  const query = useQuery({
    queryKey: [uploads.name, 'one', id],
    queryFn: () => answerOf(api.GET('/api/v1/conversion-uploads/{id}', { params: { path: { id } } })),
  })
  const close = () => setQuery({ id: undefined, lines: undefined })
  return (
    <Loaded query={query}>
      {(upload) => (
        <Section title={upload.name}>
          <UploadView upload={upload} effect={effect} onOther={close} />
        </Section>
      )}
    </Loaded>
  )
}

function ChooseFile({ onPreview }: { readonly onPreview: (preview: UploadPreview) => void }) {
  const queries = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const upload = useMutation({
    mutationFn: (chosen: File) =>
      postCsv<UploadPreview>(`/api/v1/conversion-uploads?name=${encodeURIComponent(chosen.name)}`, chosen),
    onSuccess: async (preview) => {
      await queries.invalidateQueries({ queryKey: [uploads.name] })
      onPreview(preview)
    },
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (file !== null) upload.mutate(file)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={560}>
        <FileInput
          label={words.file}
          description={words.columns}
          placeholder={words.choose}
          accept=".csv,text/csv"
          fileInputProps={{ 'aria-label': words.file }}
          value={file}
          onChange={setFile}
          leftSection={<Icon name="upload" />}
          clearable
        />
        <FormProblem problem={upload.error?.message} />
        <Group>
          <Button type="submit" disabled={file === null} loading={upload.isPending}>
            {words.preview}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Earlier() {
  const query = useItems(uploads)
  return (
    <Section title={words.earlier}>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="upload" title={words.noneTitle} text={words.noneText} />
          ) : (
            <DataTable
              label={words.earlier}
              rows={items}
              rowKey={(upload) => upload.id}
              href={({ id }) => `/conversions/upload?id=${encodeURIComponent(id)}`}
              columns={[
                { key: 'name', header: words.name, cell: (upload) => upload.name },
                { key: 'time', header: words.time, cell: (upload) => <When at={upload.createdAt} /> },
                { key: 'state', header: words.state, cell: (upload) => words.states[upload.state] },
                {
                  key: 'outcomes',
                  header: words.outcomes,
                  cell: (upload) => <Outcomes of={upload.outcomes} />,
                },
                { key: 'rows', header: words.sumRows, numeric: true, cell: (upload) => upload.rows },
                { key: 'broken', header: words.sumBroken, numeric: true, cell: (upload) => upload.broken },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  )
}

function Outcomes({ of }: { readonly of: Readonly<Record<string, number>> }) {
  const parts = Object.entries(of).map(
    ([outcome, count]) => `${isKey(texts.outcome, outcome) ? texts.outcome[outcome] : outcome}: ${count}`,
  )
  return (
    <Text size="sm" c="dimmed">
      {parts.join(', ')}
    </Text>
  )
}
