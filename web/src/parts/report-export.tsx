import { Button, Menu, Progress, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { formatCount } from '../format.ts'
import type { AskedReport } from '../report-data.ts'
import { type ExportFormat, loadExport } from '../report-export.ts'
import { ROWS_MAX } from '../report-query.ts'
import { formatBytes, saveFile } from '../save-file.ts'
import { explorerTexts } from '../texts-explorer.ts'
import { Icon } from './icon.tsx'
import classes from './report-controls.module.css'
import { tellFailure, useTell } from './tell.tsx'

const words = explorerTexts.export

type ReportExportProps = {
  readonly asked: AskedReport
  /** How many rows the file has; undefined while nobody knows. */
  readonly rows: number | undefined
}

/** The whole report as a file. */
export function ReportExport({ asked, rows }: ReportExportProps) {
  const tell = useTell()
  const file = useMutation({
    mutationFn: (format: ExportFormat) => loadExport(asked, format),
    onSuccess: (blob, format) => {
      saveFile(blob, `report-${asked.from}-${asked.to}.${format}`)
      tell(words.done(formatBytes(blob.size)))
    },
    onError: (failure) => tellFailure(words.failed, failure),
  })
  return (
    <Menu position="bottom-end" shadow="md" width={280}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Icon name="down" size={14} />}
          disabled={file.isPending}
          className={classes.export ?? ''}
        >
          {file.isPending ? words.working : words.menu}
          {file.isPending && (
            <Progress value={100} animated size={3} className={classes.working} aria-label={words.working} />
          )}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Text size="xs" c="dimmed" px="sm" py={6}>
          {noteOf(rows)}
        </Text>
        <Menu.Item onClick={() => file.mutate('csv')}>{words.csv}</Menu.Item>
        <Menu.Item onClick={() => file.mutate('xlsx')}>{words.xlsx}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function noteOf(rows: number | undefined): string {
  if (rows === undefined) return words.every
  return rows > ROWS_MAX ? words.most(formatCount(ROWS_MAX)) : words.what(formatCount(rows))
}
