import { Badge } from '@mantine/core'

const COLORS: Readonly<Record<string, string>> = {
  active: 'green',
  approved: 'green',
  paid: 'green',
  applied: 'green',
  enforced: 'green',
  pending: 'yellow',
  paused: 'yellow',
  open: 'red',
  resolved: 'green',
  draft: 'yellow',
  offered: 'yellow',
  replacing: 'yellow',
  final: 'blue',
  rejected: 'red',
  blocked: 'red',
  waiting: 'yellow',
  running: 'blue',
  done: 'green',
  failed: 'red',
}

/** The state of a thing by its word; the colour only repeats it. */
export function StateBadge({
  state,
  words,
}: {
  readonly state: string
  readonly words: Readonly<Record<string, string>>
}) {
  return (
    <Badge variant="dot" color={COLORS[state] ?? 'gray'} miw="max-content">
      {words[state] ?? state}
    </Badge>
  )
}
