import { ActionIcon, Button, Group, Input, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { use } from 'react'
import { formatShare } from '../format.ts'
import type { Listed } from '../resource.ts'
import { landers, offers } from '../resources.ts'
import { SetShares, type WeightScope } from '../set-weights.ts'
import { texts } from '../texts.ts'
import { diagramTexts, flowTexts } from '../texts-flow.ts'
import classes from './flow-paths.module.css'
import { Icon } from './icon.tsx'
import { ItemSelect } from './pickers.tsx'

type Weighted = { readonly id: string; readonly weight: number }
export type Path = {
  readonly id?: string
  readonly name?: string
  readonly weight: number
  readonly landers: readonly Weighted[]
  readonly offers: readonly Weighted[]
}

const WEIGHT_MAX = 1_000_000
type ErrorOf = (path: string) => string | undefined

type FlowPathsProps = {
  readonly paths: readonly Path[]
  /** Path of the list in the API's body, where its errors point. */
  readonly at?: string
  /** Id of the rule that they are of; '' for none, undefined until it is saved. */
  readonly scope: string | undefined
  readonly errorOf: ErrorOf
  readonly onChange: (paths: readonly Path[]) => void
}

/** Paths of a flow: landers × offers with weights. Weights show only where there is a choice. */
export function FlowPaths({ paths, at = 'paths', scope, errorOf, onChange }: FlowPathsProps) {
  const change = (place: number, changes: Partial<Path>) =>
    onChange(paths.map((path, index) => (index === place ? { ...path, ...changes } : path)))
  return (
    <Stack gap="md">
      {paths.map((path, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a new path has no id yet
        <div key={index} className={classes.path} data-place={`${at}.${index}`}>
          {paths.length > 1 && (
            <Group justify="space-between" mb="sm">
              <TextInput
                aria-label={flowTexts.pathName(index + 1)}
                placeholder={texts.campaigns.path(index + 1)}
                value={path.name ?? ''}
                onChange={(event) => change(index, { name: event.currentTarget.value })}
                variant="unstyled"
                className={classes.name}
              />
              <Group gap="xs">
                <Weight
                  label={texts.campaigns.pathWeight(index + 1)}
                  of={path}
                  among={paths}
                  scope={{ level: 'paths', id: scope }}
                  onChange={(weight) => change(index, { weight })}
                />
                <Remove
                  label={texts.campaigns.pathRemove(index + 1)}
                  onClick={() => onChange(paths.filter((_, other) => other !== index))}
                />
              </Group>
            </Group>
          )}
          <Stack gap="md">
            <WeightedItems
              kind="landers"
              resource={landers}
              items={path.landers}
              pathId={path.id}
              at={`${at}.${index}.landers`}
              errorOf={errorOf}
              onChange={(items) => change(index, { landers: items })}
            />
            <WeightedItems
              kind="offers"
              resource={offers}
              items={path.offers}
              pathId={path.id}
              at={`${at}.${index}.offers`}
              errorOf={errorOf}
              onChange={(items) => change(index, { offers: items })}
            />
          </Stack>
        </div>
      ))}
      <Add label={texts.campaigns.pathAdd} onClick={() => onChange([...paths, EMPTY_PATH])} />
    </Stack>
  )
}

/** A new path: no lander, one offer still to choose. */
export const EMPTY_PATH: Path = { weight: 1, landers: [], offers: [{ id: '', weight: 1 }] }

const KINDS = {
  landers: { title: texts.campaigns.landers, one: texts.campaigns.lander, add: texts.campaigns.landerAdd },
  offers: { title: texts.campaigns.offers, one: texts.campaigns.offer, add: texts.campaigns.offerAdd },
}

type WeightedItemsProps<Item> = {
  readonly kind: keyof typeof KINDS
  readonly resource: Listed<Item>
  readonly items: readonly Weighted[]
  /** Undefined until it is saved. */
  readonly pathId: string | undefined
  /** Path of the list in the API's body, where its errors point. */
  readonly at: string
  readonly errorOf: ErrorOf
  readonly onChange: (items: readonly Weighted[]) => void
}

function WeightedItems<Item extends { readonly id: string; readonly name: string }>(
  props: WeightedItemsProps<Item>,
) {
  const { kind, resource, items, pathId, at, errorOf, onChange } = props
  const labels = KINDS[kind]
  const change = (index: number, changes: Partial<Weighted>) =>
    onChange(items.map((item, other) => (other === index ? { ...item, ...changes } : item)))
  const listError = errorOf(at)
  return (
    <div>
      <Input.Label labelElement="div">{labels.title}</Input.Label>
      {kind === 'landers' && items.length === 0 && (
        <Text size="sm" c="dimmed" mb={6}>
          {texts.campaigns.direct}
        </Text>
      )}
      <Stack gap={6}>
        {items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same thing may stand here twice while it is edited
          <Group key={index} data-place={`${at}.${index}`} gap="xs" align="flex-start" wrap="nowrap">
            <div className={classes.picker}>
              <ItemSelect
                resource={resource}
                label={`${labels.one} ${index + 1}`}
                hiddenLabel
                value={item.id}
                error={errorOfItem(errorOf, `${at}.${index}`, item)}
                onChange={(id) => change(index, { id })}
                required
              />
            </div>
            {items.length > 1 && (
              <Weight
                label={`${texts.campaigns.weight}: ${labels.one} ${index + 1}`}
                of={item}
                among={items}
                scope={{ level: kind, id: pathId }}
                onChange={(weight) => change(index, { weight })}
              />
            )}
            {(items.length > 1 || kind === 'landers') && (
              <Remove
                label={texts.campaigns.remove(`${labels.one} ${index + 1}`)}
                onClick={() => onChange(items.filter((_, other) => other !== index))}
              />
            )}
          </Group>
        ))}
      </Stack>
      {listError && (
        <Text size="xs" c="red" mt={4}>
          {listError}
        </Text>
      )}
      <Add label={labels.add} onClick={() => onChange([...items, { id: '', weight: 1 }])} />
    </div>
  )
}

function errorOfItem(errorOf: ErrorOf, at: string, { id }: Weighted): string | undefined {
  const error = errorOf(`${at}.id`) ?? errorOf(at)
  return error !== undefined && id === '' ? texts.campaigns.chooseOne : error
}

type WeightProps = {
  readonly label: string
  readonly of: Pick<Path, 'id' | 'weight'>
  readonly among: readonly Pick<Path, 'id' | 'weight'>[]
  readonly scope: WeightScope
  readonly onChange: (weight: number) => void
}

/** A weight, the share of the visitors that it comes to, and the one that optimisation has set instead. */
function Weight({ label, of, among, scope, onChange }: WeightProps) {
  const set = use(SetShares)(scope, of, among)
  const total = among.reduce((sum, { weight }) => sum + weight, 0)
  return (
    <NumberInput
      aria-label={label}
      description={set === undefined ? undefined : diagramTexts.setShare(formatShare(set, 0))}
      inputWrapperOrder={['input', 'description']}
      value={of.weight}
      onChange={(weight) => onChange(Number(weight))}
      min={0}
      max={WEIGHT_MAX}
      allowDecimal={false}
      w={120}
      hideControls
      rightSection={
        <Text size="xs" c="dimmed" pr={10}>
          {formatShare(total === 0 ? null : of.weight / total, 0)}
        </Text>
      }
      rightSectionWidth={56}
    />
  )
}

function Remove({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} onClick={onClick}>
      <Icon name="remove" size={14} />
    </ActionIcon>
  )
}

function Add({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      mt={6}
      ml={-8}
      className={classes.add}
      leftSection={<Icon name="plus" size={12} />}
      onClick={onClick}
    >
      {label}
    </Button>
  )
}
