import { Button, Group, Stack, Text } from '@mantine/core'
import {
  type ChangeEntry,
  type Conflict,
  type Subject,
  undoable,
  useChanges,
  useChangeWords,
  useUndoChange,
} from '../change-log.ts'
import { type ChangeWords, describeChange } from '../describe-change.ts'
import { formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import { isKey } from '../texts.ts'
import { historyTexts as words } from '../texts-history.ts'
import classes from './change-list.module.css'
import { ChangedLine } from './changed-line.tsx'
import { FormProblem } from './form-footer.tsx'
import { LoadMore } from './load-more.tsx'
import { Loaded } from './loaded.tsx'
import { Note } from './note.tsx'
import { useTell } from './tell.tsx'
import { When } from './when.tsx'

type ChangeListProps = {
  readonly subjectType: Subject
  readonly subjectId: string
  /** A change was taken back. */
  readonly onUndone: () => void
}

/** Deeds on one thing, newest first, each with what it changed. */
export function ChangeList({ subjectType, subjectId, onUndone }: ChangeListProps) {
  const query = useChanges(subjectType, subjectId)
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {words.lead}
      </Text>
      <Loaded query={query}>
        {({ pages }) => {
          const entries = pages.flatMap(({ items }) => items)
          if (entries.length === 0) return <Text size="sm">{words.empty}</Text>
          return (
            <ol className={classes.list}>
              {entries.map((entry) => (
                <Deed
                  key={entry.id}
                  entry={entry}
                  subjectType={subjectType}
                  subjectId={subjectId}
                  onUndone={onUndone}
                />
              ))}
            </ol>
          )
        }}
      </Loaded>
      <LoadMore query={query} />
    </Stack>
  )
}

function Deed({ entry, ...subject }: ChangeListProps & { readonly entry: ChangeEntry }) {
  const say = useChangeWords(subject.subjectType, subject.subjectId)
  const deed = entry.action.split('.').at(-1) ?? ''
  const hidden = entry.fields.filter((field) => entry.changes[field] === undefined)
  const masked = Object.entries(entry.changes).filter(([, { isMasked }]) => isMasked)
  return (
    <li className={classes.deed}>
      <Text size="sm">
        <b>{actorOf(entry)}</b> {isKey(words.deeds, deed) ? words.deeds[deed] : entry.action}
      </Text>
      <Text size="xs" c="dimmed">
        <When at={entry.at} />
      </Text>
      <ul className={classes.lines}>
        {Object.entries(entry.changes).flatMap(([field, change]) =>
          describeChange(field, change, say).map((line) => (
            <ChangedLine key={line.what + line.from} line={line} />
          )),
        )}
        {masked.map(([field]) => (
          <li key={`masked ${field}`}>
            <span className={classes.what}>{labelOf(field)}</span> {words.masked}
          </li>
        ))}
        {hidden.map((field) => (
          <li key={field}>
            <span className={classes.what}>{labelOf(field)}</span> {words.hidden}
          </li>
        ))}
      </ul>
      {undoable(entry).length > 0 && <Undo {...subject} entry={entry} say={say} />}
    </li>
  )
}

/** A key's deeds are told by its name, and what nobody in particular did by the installation's. */
function actorOf({ actorKind, actorName, actorEmail }: ChangeEntry): string {
  if (actorKind === 'key') return words.key(actorName)
  return actorName || actorEmail || words.somebody
}

function labelOf(field: string): string {
  return isKey(words.fields, field) ? words.fields[field] : field
}

type UndoProps = ChangeListProps & { readonly entry: ChangeEntry; readonly say: ChangeWords }

function Undo({ entry, say, subjectType, subjectId, onUndone }: UndoProps) {
  const { timeZone } = useMe().workspace
  const tell = useTell()
  const undo = useUndoChange(subjectType, subjectId, () => {
    onUndone()
    tell(words.undone)
  })
  const conflicts = undo.data?.conflicts ?? []
  return (
    <Stack gap="xs" mt="xs">
      {conflicts.length === 0 ? (
        <Group>
          <Button
            variant="default"
            size="xs"
            loading={undo.isPending}
            aria-label={words.undoOf(formatTime(entry.at, timeZone))}
            onClick={() => undo.mutate({ entry, isForced: false })}
          >
            {words.undo}
          </Button>
        </Group>
      ) : (
        <Note tone="look" title={words.conflictTitle} live>
          {conflicts.map((conflict) => (
            <ConflictLine key={conflict.field} conflict={conflict} entry={entry} say={say} />
          ))}
          {words.conflictAsk}
          <Group gap="xs" mt="xs">
            <Button size="xs" loading={undo.isPending} onClick={() => undo.mutate({ entry, isForced: true })}>
              {words.undoAnyway}
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={() => undo.reset()}>
              {words.leave}
            </Button>
          </Group>
        </Note>
      )}
      <FormProblem problem={undo.error?.message} />
    </Stack>
  )
}

type ConflictLineProps = {
  readonly conflict: Conflict
  readonly entry: ChangeEntry
  readonly say: ChangeWords
}

/** How what is there now differs from what the change left. */
function ConflictLine({ conflict: { field, now }, entry, say }: ConflictLineProps) {
  const lines = describeChange(field, { before: entry.changes[field]?.after, after: now }, say)
  return (
    <ul className={classes.lines}>
      {lines.map((line) => (
        <ChangedLine key={line.what + line.from} line={line} />
      ))}
    </ul>
  )
}
