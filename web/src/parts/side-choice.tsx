import { SegmentedControl } from '@mantine/core'
import type { Side } from '../resources-network.ts'
import { setQuery, usePlace } from '../router.tsx'
import { isKey, toOptions } from '../texts.ts'
import { billingTexts as words } from '../texts-billing.ts'

/** Whose money a screen is about; the address keeps it. */
export function useSide(): Side {
  const given = usePlace().query.get('side')
  return isKey(words.sides, given) ? given : 'affiliate'
}

export function SideChoice() {
  return (
    <SegmentedControl
      aria-label={words.side}
      data={toOptions(words.sides)}
      value={useSide()}
      onChange={(side) => setQuery({ side: side === 'affiliate' ? undefined : side, party: undefined })}
    />
  )
}
