import { Button, Checkbox, Group, Stack, Text, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatTime } from '../format.ts'
import { FormProblem } from '../parts/form-footer.tsx'
import { Note } from '../parts/note.tsx'
import { Section } from '../parts/page.tsx'
import { useMe } from '../session.ts'
import { portalTexts } from '../texts-portal.ts'
import { useForm } from '../use-form.ts'
import classes from './portal.module.css'
import { type PortalOfferDetail, portalOffers } from './portal-data.ts'

const words = portalTexts.offer

/** Why there is no link yet, and the way to one: accepting the terms, asking the network. */
export function ApplyForm({ offer }: { readonly offer: PortalOfferDetail }) {
  const { application, status, agreement, visibility } = offer
  const queries = useQueryClient()
  const form = useForm({ message: application.message, acceptAgreement: false }, async (body) => {
    const params = { path: { id: offer.id } }
    const saved = await answerOf(api.POST('/api/v1/portal/offers/{id}/apply', { params, body }))
    await queries.invalidateQueries({ queryKey: [portalOffers.name] })
    queries.setQueryData([portalOffers.name, offer.id], saved)
  })
  const mayApply = status === 'active' && application.state !== 'pending' && application.state !== 'blocked'
  const mustAccept = agreement !== '' && application.acceptedAt === null
  const isAsked = visibility !== 'public' || application.state === 'rejected'
  const tone = application.state === 'rejected' || application.state === 'blocked' ? 'bad' : 'look'
  return (
    <Section title={words.applyTitle}>
      <Note tone={tone} live>
        {offer.linkReason}
      </Note>
      {agreement !== '' && <Terms offer={offer} />}
      {mayApply && (
        <form onSubmit={form.submit}>
          <Stack gap="md">
            {isAsked && application.state !== 'approved' && (
              <Textarea
                {...form.text('message')}
                label={words.message}
                description={words.messageHint}
                autosize
                minRows={3}
              />
            )}
            {mustAccept && (
              <Checkbox
                label={words.accept}
                checked={form.values.acceptAgreement}
                error={form.errorOf('acceptAgreement')}
                onChange={(event) => form.set({ acceptAgreement: event.currentTarget.checked })}
              />
            )}
            <FormProblem problem={form.problem} />
            <Group>
              <Button type="submit" loading={form.saving}>
                {isAsked && application.state !== 'approved'
                  ? application.state === 'rejected'
                    ? words.applyAgain
                    : words.apply
                  : words.acceptAndRun}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Section>
  )
}

function Terms({ offer: { agreement, application } }: { readonly offer: PortalOfferDetail }) {
  const { timeZone } = useMe().workspace
  return (
    <div>
      <Text size="sm" fw={500} mb={6}>
        {words.terms}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text must scroll by the keyboard too */}
      <section className={classes.terms} aria-label={words.terms} tabIndex={0}>
        {agreement}
      </section>
      {application.acceptedAt !== null && (
        <Text size="sm" c="dimmed" mt={6}>
          {words.accepted(formatTime(application.acceptedAt, timeZone))}
        </Text>
      )}
    </div>
  )
}
