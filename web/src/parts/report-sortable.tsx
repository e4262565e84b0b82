import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  type UniqueIdentifier,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import {
  arrayMove,
  rectSortingStrategy,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable'
import { CSS } from '@dnd-kit/utilities'
import { UnstyledButton } from '@mantine/core'
import { type ReactNode, type RefObject, useRef } from 'react'
import { explorerTexts } from '../texts-explorer.ts'
import { Icon } from './icon.tsx'
import classes from './report-sortable.module.css'

const words = explorerTexts.sortable
/** A press on the handle is not yet a drag. */
const DRAG_PX = 4

export type SortableItem = { readonly id: string; readonly label: string }

type SortableProps = {
  /** Names the list for screen readers. */
  readonly label: string
  readonly items: readonly SortableItem[]
  readonly direction: 'row' | 'column'
  readonly moveLabel: (name: string) => string
  readonly onOrder: (ids: readonly string[]) => void
  /** What stands beside the handle. */
  readonly children: (item: SortableItem) => ReactNode
}

/** Things in an order that can be changed: by dragging, or with Space and the arrow keys on a handle. */
export function Sortable(props: SortableProps) {
  const { label, items, direction, moveLabel, onOrder, children } = props
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_PX } }),
    // Scrolling that glides makes the place under the card another one for as long as it lasts.
    useSensor(KeyboardSensor, {
      coordinateGetter: sortableKeyboardCoordinates,
      scrollBehavior: 'auto',
    }),
  )
  const isPickedUp = useRef(false)
  const ids = items.map(({ id }) => id)
  const drop = ({ active, over }: DragEndEvent) => {
    const [from, to] = [ids.indexOf(String(active.id)), ids.indexOf(String(over?.id))]
    if (to !== -1 && from !== to) onOrder(arrayMove(ids, from, to))
  }
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={drop}
      accessibility={{
        screenReaderInstructions: { draggable: words.how },
        announcements: toldOf(items, isPickedUp),
      }}
    >
      <SortableContext
        items={ids}
        strategy={direction === 'row' ? rectSortingStrategy : verticalListSortingStrategy}
      >
        <ol className={classes.list} data-direction={direction} aria-label={label}>
          {items.map((item) => (
            <Item key={item.id} item={item} moveLabel={moveLabel(item.label)} direction={direction}>
              {children(item)}
            </Item>
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  )
}

type ItemProps = {
  readonly item: SortableItem
  readonly moveLabel: string
  readonly direction: 'row' | 'column'
  readonly children: ReactNode
}

function Item({ item, moveLabel, direction, children }: ItemProps) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } =
    useSortable({ id: item.id })
  return (
    <li
      ref={setNodeRef}
      className={classes.item}
      data-direction={direction}
      data-dragged={isDragging || undefined}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      <UnstyledButton
        ref={setActivatorNodeRef}
        className={classes.handle}
        {...attributes}
        {...listeners}
        aria-label={moveLabel}
      >
        <Icon name="grip" size={14} />
      </UnstyledButton>
      {children}
    </li>
  )
}

/**
 * What a screen reader says while something moves. What is picked up is at once over its own place, which would be said
 * in the place of that it was picked up.
 */
function toldOf(items: readonly SortableItem[], isPickedUp: RefObject<boolean>): Announcements {
  const nameOf = (id: UniqueIdentifier) => items.find((item) => item.id === id)?.label ?? ''
  const placeOf = (id: UniqueIdentifier) => items.findIndex((item) => item.id === id) + 1
  return {
    onDragStart: ({ active }) => {
      isPickedUp.current = true
      return words.up(nameOf(active.id), placeOf(active.id), items.length)
    },
    onDragOver: ({ active, over }) => {
      const isFirst = isPickedUp.current
      isPickedUp.current = false
      if (over === null || (isFirst && over.id === active.id)) return undefined
      return words.over(nameOf(active.id), placeOf(over.id), items.length)
    },
    onDragEnd: ({ active, over }) =>
      over === null
        ? words.left(nameOf(active.id))
        : words.down(nameOf(active.id), placeOf(over.id), items.length),
    onDragCancel: ({ active }) => words.left(nameOf(active.id)),
  }
}
