import { Text } from '@mantine/core'
import type { components } from '../api-types.ts'
import { useFlowNames } from '../flow-names.ts'
import { type FlowTree, toFlowTree } from '../flow-tree.ts'
import type { FlowValues } from '../flow-values.ts'
import { diagramTexts as words } from '../texts-flow.ts'
import { FlowDiagram } from './flow-diagram.tsx'

type Step = components['schemas']['DryRun']['steps'][number]
type FlowWayProps = {
  /** As it was tried. */
  readonly flow: Pick<FlowValues, 'rules' | 'paths'>
  readonly step: Step
}

/** The diagram of a flow that was tried, with the way that its visitor took. */
export function FlowWay({ flow, step }: FlowWayProps) {
  const tree = toFlowTree(flow, useFlowNames())
  return (
    <div>
      <Text size="sm" fw={500} mb={6}>
        {words.way}
      </Text>
      <FlowDiagram tree={tree} way={wayOf(tree, step)} />
    </div>
  )
}

/** Stations of a decision. What is not saved yet has no id, so that rules and paths are known by their order. */
function wayOf(tree: FlowTree, { decision, rules, paths }: Step): ReadonlySet<string> {
  const decider = rules.findIndex(({ ruleId }) => ruleId === decision.ruleId)
  const group = tree.groups[decider < 0 ? tree.groups.length - 1 : decider]
  if (group === undefined) return new Set([tree.start.key])
  const arm =
    group.arms[
      Math.max(
        0,
        paths.findIndex(({ pathId }) => pathId === decision.pathId),
      )
    ]
  const lander = arm?.landers.find(({ id }) => id === decision.landerId)
  const offer = arm?.offers.find(({ id }) => id === decision.offerId)
  const after = decision.found ? [arm?.path, lander?.node, offer?.node, offer?.campaign] : [arm?.fallback]
  return new Set([tree.start, group.node, ...after].flatMap((node) => (node === undefined ? [] : [node.key])))
}
