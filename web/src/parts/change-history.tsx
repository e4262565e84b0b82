import { Button, Drawer } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { Subject } from '../change-log.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { historyTexts as words } from '../texts-history.ts'
import { Icon } from './icon.tsx'
import { Lines } from './loaded.tsx'

const ChangeList = lazy(async () => ({ default: (await import('./change-list.tsx')).ChangeList }))
const HISTORY = 'changes'

type ChangeHistoryProps = { readonly subjectType: Subject; readonly subjectId: string }

/** Leads to who changed what in a thing, and to taking a change back. For those who may read the log. */
export function ChangeHistory({ subjectType, subjectId }: ChangeHistoryProps) {
  const isOpen = usePlace().query.get(HISTORY) === '1'
  const close = () => setQuery({ [HISTORY]: undefined })
  if (!useMayChange()) return null
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        leftSection={<Icon name="history" size={14} />}
        onClick={() => setQuery({ [HISTORY]: '1' })}
      >
        {words.open}
      </Button>
      <Drawer
        opened={isOpen}
        onClose={close}
        title={words.title(words.subjects[subjectType])}
        position="right"
        size="lg"
        closeButtonProps={{ 'aria-label': words.close }}
      >
        <Suspense fallback={<Lines />}>
          <ChangeList subjectType={subjectType} subjectId={subjectId} onUndone={close} />
        </Suspense>
      </Drawer>
    </div>
  )
}
