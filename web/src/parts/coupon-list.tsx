import { Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useItems, useNames } from '../resource.ts'
import { offers } from '../resources.ts'
import { affiliates, type Coupon, coupons } from '../resources-network.ts'
import { useMayChange } from '../session.ts'
import { couponTexts as words } from '../texts-coupons.ts'
import { useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'
import classes from './list-lines.module.css'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { ItemSelect } from './pickers.tsx'
import { tellFailure } from './tell.tsx'
import { useUndo } from './undo.tsx'

/** Whose coupons: of one offer, or of one affiliate. */
type CouponsOf = { readonly offerId: string } | { readonly affiliateId: string }

/** The coupons of an offer or of an affiliate; the other side of each is named. */
export function Coupons({ of }: { readonly of: CouponsOf }) {
  const query = useItems(coupons)
  const mayChange = useMayChange()
  const [opened, { open, close }] = useDisclosure()
  const isOwn = (coupon: Coupon) =>
    'offerId' in of ? coupon.offerId === of.offerId : coupon.affiliateId === of.affiliateId
  return (
    <Section title={words.title} aside={words.aside}>
      <Loaded query={query}>{(items) => <CouponLines items={items.filter(isOwn)} of={of} />}</Loaded>
      {mayChange && (
        <Button variant="default" size="xs" w="fit-content" onClick={open}>
          {words.add}
        </Button>
      )}
      <Modal opened={opened} onClose={close} title={words.add} centered>
        <NewCoupon of={of} onDone={close} />
      </Modal>
    </Section>
  )
}

function CouponLines({ items, of }: { readonly items: readonly Coupon[]; readonly of: CouponsOf }) {
  const mayChange = useMayChange()
  const offerName = useNames(offers)
  const affiliateName = useNames(affiliates)
  const archive = useArchiveCoupon()
  if (items.length === 0) return <Text size="sm">{words.none}</Text>
  return (
    <ul className={classes.lines}>
      {items.map((coupon) => {
        const { id, name, offerId, affiliateId } = coupon
        const [href, other] =
          'offerId' in of
            ? [`/affiliates/${affiliateId}`, affiliateName(affiliateId)]
            : [`/offers/${offerId}`, offerName(offerId)]
        return (
          <li key={id}>
            <div className={classes.text}>
              <code>{name}</code>
              <Anchor href={href} size="xs" display="block" truncate>
                {other}
              </Anchor>
            </div>
            {mayChange && (
              <Button
                variant="default"
                size="compact-xs"
                aria-label={words.archiveOne(name)}
                onClick={() => archive.mutate(coupon)}
              >
                {words.archive}
              </Button>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** Archives at once, and offers to take that back. */
function useArchiveCoupon() {
  const queries = useQueryClient()
  const offerUndo = useUndo()
  const refresh = () => queries.invalidateQueries({ queryKey: [coupons.name] })
  return useMutation({
    mutationFn: ({ id }: Coupon) => coupons.archive(id),
    onSuccess: async (_nothing, { id, name }) => {
      await refresh()
      offerUndo({
        message: words.archived(name),
        undo: async () => {
          await coupons.restore?.(id)
          await refresh()
        },
      })
    },
    onError: (error, { name }) => tellFailure(name, error),
  })
}

function NewCoupon({ of, onDone }: { readonly of: CouponsOf; readonly onDone: () => void }) {
  const queries = useQueryClient()
  const form = useForm({ name: '', offerId: '', affiliateId: '', ...of }, async (body) => {
    await coupons.create(body)
    await queries.invalidateQueries({ queryKey: [coupons.name] })
    onDone()
  })
  const { values, set, errorOf } = form
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput
          {...form.text('name')}
          label={words.code}
          description={words.codeHint}
          required
          data-autofocus
        />
        {'offerId' in of ? (
          <ItemSelect
            resource={affiliates}
            label={words.affiliate}
            value={values.affiliateId}
            error={errorOf('affiliateId')}
            onChange={(affiliateId) => set({ affiliateId })}
            required
          />
        ) : (
          <ItemSelect
            resource={offers}
            label={words.offer}
            value={values.offerId}
            error={errorOf('offerId')}
            onChange={(offerId) => set({ offerId })}
            required
          />
        )}
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {words.create}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
