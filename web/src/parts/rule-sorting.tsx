import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import {
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable'
import { CSS } from '@dnd-kit/utilities'
import type { CSSProperties, ReactNode } from 'react'
import { sortingTexts as words } from '../texts-flow.ts'

/** A press that does not move this far, in pixels, is a click. */
const DRAG_DISTANCE_MIN = 4

type RuleSortingProps = {
  /** One for each card, in their order. */
  readonly keys: readonly string[]
  readonly nameOf: (index: number) => string
  readonly onMove: (from: number, to: number) => void
  readonly children: ReactNode
}

/** Cards that are moved up and down by mouse, by touch, or by the space bar and the arrow keys. */
export function RuleSorting({ keys, nameOf, onMove, children }: RuleSortingProps) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_DISTANCE_MIN } }),
    // Scrolling that glides makes the place under the card another one for as long as it lasts.
    useSensor(KeyboardSensor, {
      coordinateGetter: sortableKeyboardCoordinates,
      scrollBehavior: 'auto',
    }),
  )
  const finish = ({ active, over }: DragEndEvent) => {
    const from = keys.indexOf(String(active.id))
    const to = over === null ? -1 : keys.indexOf(String(over.id))
    if (from >= 0 && to >= 0) onMove(from, to)
  }
  const accessibility = {
    announcements: announcementsOf(keys, nameOf),
    screenReaderInstructions: { draggable: words.instructions },
  }
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      accessibility={accessibility}
      onDragEnd={finish}
    >
      <SortableContext items={[...keys]} strategy={verticalListSortingStrategy}>
        {children}
      </SortableContext>
    </DndContext>
  )
}

/** What a card and its handle need to be moved. */
export function useSortableRule(key: string) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } =
    useSortable({ id: key })
  const style: CSSProperties = {
    // Cards of different heights keep their own.
    transform: CSS.Translate.toString(transform),
    transition,
    ...(isDragging ? { position: 'relative', zIndex: 1 } : {}),
  }
  const { tabIndex: _, ...described } = attributes
  return {
    frame: { ref: setNodeRef, style, 'data-dragging': isDragging || undefined },
    handle: { ref: setActivatorNodeRef, ...described, ...listeners },
  }
}

/** What a screen reader hears while a card moves. */
function announcementsOf(keys: readonly string[], nameOf: (index: number) => string): Announcements {
  const nameOfKey = (key: string | number) => nameOf(keys.indexOf(String(key)))
  const placeOf = (key: string | number) => keys.indexOf(String(key)) + 1
  return {
    onDragStart: ({ active }) => words.lifted(nameOfKey(active.id), placeOf(active.id), keys.length),
    onDragOver: ({ active, over }) =>
      over === null ? undefined : words.over(nameOfKey(active.id), placeOf(over.id), keys.length),
    onDragEnd: ({ active, over }) =>
      over === null ? undefined : words.dropped(nameOfKey(active.id), placeOf(over.id), keys.length),
    onDragCancel: ({ active }) => words.cancelled(nameOfKey(active.id)),
  }
}
