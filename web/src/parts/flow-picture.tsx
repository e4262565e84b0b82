import { Button, Group, Modal, Switch, Text } from '@mantine/core'
import { use, useState } from 'react'
import { toFigures, useFlowFigures } from '../flow-figures.ts'
import { useFlowNames } from '../flow-names.ts'
import { toFlowTree } from '../flow-tree.ts'
import type { FlowValues } from '../flow-values.ts'
import { setQuery, usePlace } from '../router.tsx'
import { SetShares } from '../set-weights.ts'
import { diagramTexts as words } from '../texts-flow.ts'
import { FlowDiagram } from './flow-diagram.tsx'
import { FormProblem } from './form-footer.tsx'
import { SplitLinks } from './split-links.tsx'

const FIGURES = 'figures'

type FlowPictureProps = {
  readonly flow: Pick<FlowValues, 'rules' | 'paths'>
  /** Whose visits are counted; all that take this flow without it. */
  readonly campaignId?: string | undefined
  readonly onChoose?: ((place: string) => void) | undefined
}

/** The diagram of a form's flow, with the shares that were set by themselves, and what came through it on request. */
export function FlowPicture({ flow, campaignId, onChoose }: FlowPictureProps) {
  const names = useFlowNames()
  const [isLarge, setLarge] = useState(false)
  const isShown = usePlace().query.get(FIGURES) === '1'
  const report = useFlowFigures(flow, { isShown, campaignId })
  const tree = toFlowTree(flow, names, use(SetShares))
  const figures = isShown && report.data !== undefined ? toFigures(tree, report.data) : undefined
  const isSaved = [...flow.rules.flatMap(({ paths }) => paths), ...flow.paths].some(
    ({ id }) => id !== undefined,
  )
  const choose = (place: string) => {
    setLarge(false)
    onChoose?.(place)
  }
  return (
    <div>
      <FlowDiagram tree={tree} figures={figures} onChoose={choose} />
      <Group justify="space-between" mt={8}>
        {isSaved ? (
          <Switch
            size="xs"
            label={words.figures}
            checked={isShown}
            onChange={(event) => setQuery({ [FIGURES]: event.currentTarget.checked ? '1' : undefined })}
          />
        ) : (
          <span />
        )}
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setLarge(true)}>
          {words.enlarge}
        </Button>
      </Group>
      {isSaved && campaignId !== undefined && <SplitLinks flow={flow} campaignId={campaignId} />}
      {isShown && report.data?.length === 0 && (
        <Text size="sm" c="dimmed" role="status">
          {words.figuresNone}
        </Text>
      )}
      <FormProblem problem={isShown ? report.error?.message : undefined} />
      <Modal
        opened={isLarge}
        onClose={() => setLarge(false)}
        title={words.title}
        size="100%"
        closeButtonProps={{ 'aria-label': words.close }}
        returnFocus={onChoose === undefined}
      >
        <FlowDiagram tree={tree} figures={figures} onChoose={choose} />
      </Modal>
    </div>
  )
}
