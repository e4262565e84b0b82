import { hierarchy, partition } from 'd3-hierarchy'
import { linkHorizontal } from 'd3-shape'
import type { FlowArm, FlowNode, FlowTree } from './flow-tree.ts'

export const NODE_HEIGHT = 56
const ROW_GAP = 12
const START_WIDTH = 68
const NODE_WIDTH = { min: 112, max: 208 } as const
/** Between two columns: where there is little room, lines are short. */
const COLUMN_GAP = { narrow: 24, wide: 40 } as const
const NARROW_WIDTH = 720
/** Of a line that carries everybody, and of one that carries nearly nobody. */
const LINE_WIDTH = { most: 9, least: 1.5 } as const

export type PlacedNode = {
  readonly node: FlowNode
  readonly column: number
  readonly x: number
  readonly y: number
  readonly width: number
}

export type PlacedLink = {
  readonly from: string
  readonly to: string
  /** Of an SVG path. */
  readonly d: string
  readonly width: number
  readonly isOff: boolean
}

export type FlowLayout = {
  readonly nodes: readonly PlacedNode[]
  readonly links: readonly PlacedLink[]
  readonly width: number
  readonly height: number
}

/** Share of a group's visitors that goes from one station to the next. */
export type Carries = (from: FlowNode, to: FlowNode, byWeight: number) => number

type Columns = {
  readonly path: number
  readonly lander: number
  readonly offer: number
  readonly campaign: number
}
/** A box before its width is known: `row` is its middle, in rows. */
type Box = { readonly node: FlowNode; readonly column: number; readonly row: number }
type Line = { readonly from: Box; readonly to: Box; readonly share: number }
type Drawn = { readonly boxes: Box[]; readonly lines: Line[] }
type Branch = { readonly arm?: FlowArm; readonly node?: FlowNode; readonly children?: readonly Branch[] }

/**
 * Places a flow from left to right. Each path has as many rows as it has landers or offers, and whatever leads to it
 * stands in the middle of them.
 * @param frameWidth CSS pixels that there are; a picture that needs more is wider.
 */
export function layOutFlow(tree: FlowTree, frameWidth: number, carries: Carries): FlowLayout {
  const columns = columnsOf(tree)
  const { boxes, lines } = draw(tree, columns)
  const count = columns.campaign
  const gap = frameWidth < NARROW_WIDTH ? COLUMN_GAP.narrow : COLUMN_GAP.wide
  const room = (frameWidth - START_WIDTH - count * gap) / Math.max(1, count)
  const width = Math.floor(Math.min(NODE_WIDTH.max, Math.max(NODE_WIDTH.min, room)))
  const xOf = (column: number) => (column === 0 ? 0 : START_WIDTH + gap + (column - 1) * (width + gap))
  const yOf = (row: number) => row * (NODE_HEIGHT + ROW_GAP) - NODE_HEIGHT / 2
  const widthOf = (column: number) => (column === 0 ? START_WIDTH : width)
  const curve = linkHorizontal()
  const last = Math.max(...boxes.map(({ column }) => column))
  const rows = Math.max(...boxes.map(({ row }) => row)) + 0.5
  return {
    nodes: boxes.map(({ node, column, row }) => ({
      node,
      column,
      x: xOf(column),
      y: yOf(row),
      width: widthOf(column),
    })),
    links: lines.map(({ from, to, share }) => {
      const source: [number, number] = [
        xOf(from.column) + widthOf(from.column),
        yOf(from.row) + NODE_HEIGHT / 2,
      ]
      const target: [number, number] = [xOf(to.column), yOf(to.row) + NODE_HEIGHT / 2]
      const carried = carries(from.node, to.node, share)
      return {
        from: from.node.key,
        to: to.node.key,
        d: curve({ source, target }) ?? '',
        width: LINE_WIDTH.least + carried * (LINE_WIDTH.most - LINE_WIDTH.least),
        isOff: to.node.isOff || from.node.isOff,
      }
    }),
    width: xOf(last) + widthOf(last),
    height: Math.ceil(rows * (NODE_HEIGHT + ROW_GAP)),
  }
}

/** Kinds of which there is none take no room. The last number is how many there are besides the start. */
function columnsOf({ groups }: FlowTree): Columns {
  const arms = groups.flatMap((group) => group.arms)
  const path = arms.some((arm) => arm.path !== undefined) ? 2 : 1
  const lander = arms.some(({ landers }) => landers.length > 0) ? path + 1 : path
  const offer = lander + 1
  const leadsOn = arms.some(({ offers }) => offers.some(({ campaign }) => campaign !== undefined))
  return { path, lander, offer, campaign: leadsOn ? offer + 1 : offer }
}

function draw(tree: FlowTree, columns: Columns): Drawn {
  const root: Branch = {
    node: tree.start,
    children: tree.groups.map(({ node, arms }) => ({ node, children: arms.map((arm) => ({ arm })) })),
  }
  const sized = hierarchy<Branch>(root).sum(({ arm }) => (arm === undefined ? 0 : rowsOf(arm)))
  const placed = partition<Branch>().size([sized.value ?? 1, 1])(sized)
  const drawn: Drawn = { boxes: [], lines: [] }
  const start: Box = { node: tree.start, column: 0, row: (placed.x0 + placed.x1) / 2 }
  drawn.boxes.push(start)
  for (const branch of placed.children ?? []) {
    const { node } = branch.data
    if (node === undefined) continue
    const group: Box = { node, column: 1, row: (branch.x0 + branch.x1) / 2 }
    drawn.boxes.push(group)
    drawn.lines.push({ from: start, to: group, share: 0 })
    for (const { data, x0, x1 } of branch.children ?? []) {
      if (data.arm !== undefined) drawArm(drawn, data.arm, { group, columns, top: x0, bottom: x1 })
    }
  }
  return drawn
}

function rowsOf({ landers, offers }: FlowArm): number {
  return Math.max(1, landers.length, offers.length)
}

type ArmPlace = {
  readonly group: Box
  readonly columns: Columns
  readonly top: number
  readonly bottom: number
}

function drawArm({ boxes, lines }: Drawn, arm: FlowArm, { group, columns, top, bottom }: ArmPlace): void {
  const add = (node: FlowNode, column: number, place: { index: number; of: number }): Box => {
    const row = top + ((place.index + 0.5) / place.of) * (bottom - top)
    const box: Box = { node, column, row }
    boxes.push(box)
    return box
  }
  const alone = { index: 0, of: 1 }
  const head = arm.path === undefined ? group : add(arm.path, columns.path, alone)
  const shareOfPath = arm.path?.share ?? 1
  if (head !== group) lines.push({ from: group, to: head, share: shareOfPath })
  if (arm.fallback !== undefined) {
    lines.push({ from: head, to: add(arm.fallback, columns.offer, alone), share: 1 })
  }
  const landers = arm.landers.map(({ node }, index) =>
    add(node, columns.lander, { index, of: arm.landers.length }),
  )
  for (const to of landers) lines.push({ from: head, to, share: shareOfPath * (to.node.share ?? 1) })
  for (const [index, { node, campaign }] of arm.offers.entries()) {
    const to = add(node, columns.offer, { index, of: arm.offers.length })
    for (const from of landers.length === 0 ? [head] : landers) {
      const before = landers.length === 0 ? 1 : (from.node.share ?? 1)
      lines.push({ from, to, share: shareOfPath * before * (node.share ?? 1) })
    }
    if (campaign === undefined) continue
    const onward = add(campaign, columns.campaign, { index, of: arm.offers.length })
    lines.push({ from: to, to: onward, share: shareOfPath * (node.share ?? 1) })
  }
}
