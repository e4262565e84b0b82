import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { formatBytes, saveFile } from '../save-file.ts'
import { fileTexts as words } from '../texts-conversions.ts'
import { Icon } from './icon.tsx'
import { tellFailure, useTell } from './tell.tsx'

type CsvButtonProps = {
  readonly label: string
  readonly load: () => Promise<Blob>
  readonly fileName: string
  /** What has to be known of the file, e.g. that it is not all. */
  readonly note?: string | undefined
}

/** Loads a file and hands it to the browser; unlike a link it asks for the workspace that is open here. */
export function CsvButton({ label, load, fileName, note }: CsvButtonProps) {
  const tell = useTell()
  const file = useMutation({
    mutationFn: load,
    onSuccess: (blob) => {
      saveFile(blob, fileName)
      tell([words.saved(formatBytes(blob.size)), note].filter(Boolean).join(' '))
    },
    onError: (failure) => tellFailure(words.failed, failure),
  })
  return (
    <Button
      variant="default"
      leftSection={<Icon name="down" size={14} />}
      loading={file.isPending}
      onClick={() => file.mutate()}
    >
      {label}
    </Button>
  )
}
