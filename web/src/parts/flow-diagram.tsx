import { UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { type CSSProperties, type KeyboardEvent, useId, useRef, useState } from 'react'
import type { Figures } from '../flow-figures.ts'
import { type Carries, layOutFlow, NODE_HEIGHT, type PlacedNode } from '../flow-layout.ts'
import { type FlowNode, type FlowTree, type OutlineItem, outlineOf } from '../flow-tree.ts'
import { formatCount, formatShare } from '../format.ts'
import { diagramTexts as words } from '../texts-flow.ts'
import classes from './flow-diagram.module.css'
import { Icon, type IconName } from './icon.tsx'

const ICONS: Readonly<Record<FlowNode['kind'], IconName>> = {
  start: 'affiliate',
  rule: 'flow',
  other: 'flow',
  path: 'campaign',
  lander: 'lander',
  offer: 'offer',
  campaign: 'campaign',
  fallback: 'out',
}
/** Until the frame is measured. */
const FRAME_WIDTH = 610

type FlowDiagramProps = {
  readonly tree: FlowTree
  readonly figures?: Figures | undefined
  /** Stations of a way that was taken; all others step back. */
  readonly way?: ReadonlySet<string> | undefined
  /** Somebody wants to see a station's place in the form. */
  readonly onChoose?: ((place: string) => void) | undefined
}

/** A flow as a picture: from its visitors by rules and paths to where they go; and the same in words. */
export function FlowDiagram({ tree, figures, way, onChoose }: FlowDiagramProps) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const layout = layOutFlow(tree, width || FRAME_WIDTH, carriesOf(tree, figures))
  const [at, setAt] = useState('start')
  const outlineId = useId()
  const canvas = useRef<HTMLFieldSetElement>(null)
  const current = layout.nodes.some(({ node }) => node.key === at) ? at : 'start'
  const move = (event: KeyboardEvent) => {
    const next = neighbourOf(layout, current, event.key)
    if (next === undefined) return
    event.preventDefault()
    setAt(next)
    canvas.current?.querySelector<HTMLElement>(`[data-key="${next}"]`)?.focus()
  }
  return (
    <figure className={classes.frame}>
      {/* As wide as what the frame leaves inside its own edge. */}
      <div ref={ref} />
      <fieldset
        ref={canvas}
        aria-label={words.label}
        aria-describedby={outlineId}
        className={classes.canvas}
        data-way={way !== undefined || undefined}
        style={{ width: layout.width, height: layout.height }}
        onKeyDown={move}
      >
        <svg width={layout.width} height={layout.height} className={classes.links} aria-hidden="true">
          {layout.links.map(({ from, to, d, width: stroke, isOff }) => (
            <path
              key={`${from} ${to}`}
              d={d}
              strokeWidth={stroke}
              data-off={isOff || undefined}
              data-taken={(way?.has(from) && way.has(to)) || undefined}
            />
          ))}
        </svg>
        {layout.nodes.map((placed) => (
          <Station
            key={placed.node.key}
            placed={placed}
            figure={figures?.(placed.node)}
            isTaken={way?.has(placed.node.key) ?? false}
            isCurrent={placed.node.key === current}
            onFocus={() => setAt(placed.node.key)}
            onChoose={onChoose}
          />
        ))}
      </fieldset>
      <VisuallyHidden component="div" id={outlineId}>
        <p>{words.outline}</p>
        <Outline items={outlineOf(tree, (node) => sayNode(node, figures))} />
      </VisuallyHidden>
    </figure>
  )
}

type StationProps = {
  readonly placed: PlacedNode
  readonly figure: { readonly visits: number; readonly conversions: number } | undefined
  readonly isTaken: boolean
  /** The one that Tab reaches. */
  readonly isCurrent: boolean
  readonly onFocus: () => void
  readonly onChoose: FlowDiagramProps['onChoose']
}

function Station({ placed, figure, isTaken, isCurrent, onFocus, onChoose }: StationProps) {
  const { node, x, y, width } = placed
  const style: CSSProperties = { left: x, top: y, width, height: NODE_HEIGHT }
  const counted =
    figure && [words.visits(formatCount(figure.visits)), ...toConversions(figure.conversions)].join(' · ')
  const share =
    node.share === null ? '' : shareInBox(node.share, { isSet: node.isShareSet, isCounted: !!counted })
  const below = [share, counted ?? node.detail].filter((part) => part !== '').join(' · ')
  return (
    <UnstyledButton
      type="button"
      className={classes.node}
      style={style}
      data-key={node.key}
      data-kind={node.kind}
      data-off={node.isOff || undefined}
      data-taken={isTaken || undefined}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={[sayNode(node), counted, isTaken ? words.wayTaken : ''].filter(Boolean).join(', ')}
      title={node.detail === '' ? node.title : `${node.title}\n${node.detail}`}
      onFocus={onFocus}
      onClick={() => onChoose?.(node.key)}
    >
      <span className={classes.title}>
        {node.kind !== 'start' && <Icon name={ICONS[node.kind]} size={12} />} {node.title}
      </span>
      {below !== '' && <span className={classes.detail}>{below}</span>}
    </UnstyledButton>
  )
}

function toConversions(count: number): readonly string[] {
  return count === 0 ? [] : [words.conversions(formatCount(count))]
}

function sayShare(share: number, isSet = false): string {
  const said = formatShare(share, 0)
  return isSet ? words.setShare(said) : said
}

/** A box has room for who set the share only where it counts no visits. */
function shareInBox(
  share: number,
  { isSet, isCounted }: { readonly isSet: boolean | undefined; readonly isCounted: boolean },
): string {
  return isSet && isCounted ? words.setShareShort(formatShare(share, 0)) : sayShare(share, isSet)
}

/** "Rule Germans: Country is Germany" */
function sayNode(node: FlowNode, figures?: Figures): string {
  const { kind, title, detail, share, isShareSet, isOff } = node
  const figure = figures?.(node)
  const more = [
    detail,
    ...(share === null ? [] : [sayShare(share, isShareSet)]),
    ...(isOff ? [words.nobody] : []),
    ...(figure === undefined ? [] : [words.visits(formatCount(figure.visits))]),
  ].filter((part) => part !== '')
  const head =
    title.startsWith(words.kinds[kind]) || kind === 'start' ? title : `${words.kinds[kind]} ${title}`
  return [head, ...more].join(', ')
}

function Outline({ items }: { readonly items: readonly OutlineItem[] }) {
  return (
    <ul>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same thing may stand here twice
        <li key={index}>
          {item.text}
          {item.items.length > 0 && <Outline items={item.items} />}
        </li>
      ))}
    </ul>
  )
}

/** Lines are as wide as what goes along them: by visits where these are known, else by weight. */
function carriesOf(tree: FlowTree, figures: Figures | undefined): Carries {
  const all = figures?.(tree.start)?.visits ?? 0
  if (figures === undefined || all === 0) return (_from, _to, byWeight) => byWeight
  return (from, to) => {
    const visits = [figures(from)?.visits ?? 0, figures(to)?.visits ?? 0]
    return Math.min(...visits) / all
  }
}

type Layout = ReturnType<typeof layOutFlow>

/** Right and left follow the lines, up and down the column. */
function neighbourOf({ nodes, links }: Layout, key: string, pressed: string): string | undefined {
  if (pressed === 'ArrowRight') return links.find(({ from }) => from === key)?.to
  if (pressed === 'ArrowLeft') return links.find(({ to }) => to === key)?.from
  if (pressed !== 'ArrowDown' && pressed !== 'ArrowUp') return undefined
  const here = nodes.find(({ node }) => node.key === key)
  if (here === undefined) return undefined
  const column = nodes.filter((each) => each.column === here.column).sort((a, b) => a.y - b.y)
  return column[column.indexOf(here) + (pressed === 'ArrowDown' ? 1 : -1)]?.node.key
}
