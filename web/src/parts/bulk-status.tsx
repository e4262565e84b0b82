import { Button, Group, Modal, Text } from '@mantine/core'
import { useState } from 'react'
import type { components } from '../api-types.ts'
import { formatCount } from '../format.ts'
import { byHandTexts as words } from '../texts-conversions.ts'
import { type ConversionFilter, useConversionTotals } from '../use-conversions.ts'
import classes from './bulk-status.module.css'
import { BulkStatusForm } from './bulk-status-form.tsx'

type Conversion = components['schemas']['Conversion']
export type NewStatus = 'approved' | 'pending' | 'rejected'

/** Whose status is changed: those that were chosen, or all that a filter names. */
export type BulkScope =
  | { readonly kind: 'chosen'; readonly rows: readonly Conversion[] }
  | { readonly kind: 'filter'; readonly filter: ConversionFilter }

type BulkStatusProps = {
  readonly rows: readonly Conversion[]
  /** All that it names can be chosen at once; undefined where that is not offered. */
  readonly filter: ConversionFilter | undefined
  readonly onClear: () => void
}

/** What has been begun, as it stood then: the list below goes on changing. */
type Begun = { readonly scope: BulkScope; readonly status: NewStatus }

/** What can be done with the chosen conversions; nothing while none is chosen. */
export function BulkStatus({ rows, filter, onClear }: BulkStatusProps) {
  const [isAll, setAll] = useState(false)
  const [begun, setBegun] = useState<Begun>()
  // Of what is not whole any more, all are not chosen any more.
  if (isAll && filter === undefined) setAll(false)
  const scope: BulkScope =
    isAll && filter !== undefined ? { kind: 'filter', filter } : { kind: 'chosen', rows }
  const begin = (status: NewStatus) => () => setBegun({ scope, status })
  const clear = () => {
    setAll(false)
    onClear()
  }
  return (
    <>
      {rows.length > 0 && (
        <Group className={classes.bar} gap="xs">
          <Text size="sm" fw={500} role="status" mr="xs">
            {scope.kind === 'filter' ? words.allChosen : words.chosen(rows.length)}
          </Text>
          {filter !== undefined && !isAll && <ChooseAll filter={filter} onChoose={() => setAll(true)} />}
          <Button size="xs" onClick={begin('approved')}>
            {words.approve}
          </Button>
          <Button size="xs" variant="default" onClick={begin('rejected')}>
            {words.reject}
          </Button>
          <Button size="xs" variant="default" onClick={begin('pending')}>
            {words.hold}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={clear}>
            {words.clear}
          </Button>
        </Group>
      )}
      <BulkWindow
        begun={begun}
        onClose={() => setBegun(undefined)}
        onDone={() => {
          setBegun(undefined)
          clear()
        }}
      />
    </>
  )
}

type BulkWindowProps = {
  readonly begun: Begun | undefined
  readonly onClose: () => void
  readonly onDone: () => void
}

function BulkWindow({ begun, onClose, onDone }: BulkWindowProps) {
  const title = begun === undefined ? '' : words.title[begun.status]
  return (
    <Modal opened={begun !== undefined} onClose={onClose} title={title} centered>
      {begun !== undefined && <BulkStatusForm scope={begun.scope} status={begun.status} onDone={onDone} />}
    </Modal>
  )
}

type ChooseAllProps = { readonly filter: ConversionFilter; readonly onChoose: () => void }

function ChooseAll({ filter, onChoose }: ChooseAllProps) {
  const { data } = useConversionTotals(filter)
  if (data === undefined) return null
  return (
    <Button size="xs" variant="subtle" onClick={onChoose}>
      {data.isWhole ? words.chooseAll(formatCount(data.count)) : words.chooseAllMany}
    </Button>
  )
}
