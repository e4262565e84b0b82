import { Anchor, Button, Group } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { type Advertiser, advertisers } from '../resources-network.ts'
import { useMayChange } from '../session.ts'
import { tokenTexts as words } from '../texts-network.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { CopyField } from './copy-field.tsx'
import { FormProblem } from './form-footer.tsx'
import { Note } from './note.tsx'
import { Section } from './page.tsx'

type Action = 'generate' | 'enforce' | 'revoke'

/** The token of an advertiser in two steps, so that no hit is lost between them. */
export function AdvertiserToken({ advertiser }: { readonly advertiser: Advertiser }) {
  const queries = useQueryClient()
  const mayChange = useMayChange()
  const { id, token, nextToken, tokenStage } = advertiser
  const act = async (action: Action) => {
    const params = { path: { id } }
    const changed = await answerOf(api.POST('/api/v1/advertisers/{id}/token', { params, body: { action } }))
    queries.setQueryData([advertisers.name, id], changed)
    await queries.invalidateQueries({ queryKey: [advertisers.name], exact: true })
  }
  const step = words.steps[tokenStage]
  const waits = tokenStage === 'offered' || tokenStage === 'replacing'
  return (
    <Section title={words.title}>
      <Note tone={tokenStage === 'enforced' ? 'good' : 'look'} title={step.title} live>
        {step.text}
      </Note>
      {token !== null && token !== '' && <CopyField label={words.now} value={token} />}
      {nextToken !== null && nextToken !== '' && <CopyField label={words.next} value={nextToken} />}
      {mayChange && (
        <Group gap="xs">
          {waits && (
            <ConfirmButton
              label={words.enforce}
              title={words.enforce}
              text={words.enforceAsk}
              run={() => act('enforce')}
              button={{ variant: 'filled' }}
            />
          )}
          <GenerateButton isFirst={tokenStage === 'none'} run={() => act('generate')} />
          {tokenStage !== 'none' && (
            <ConfirmButton
              label={words.revoke}
              title={words.revoke}
              text={words.revokeAsk}
              isGrave
              run={() => act('revoke')}
              button={{ variant: 'subtle', color: 'gray' }}
            />
          )}
        </Group>
      )}
      {waits && (
        <Anchor href={`/hits?advertiserId=${encodeURIComponent(id)}`} size="sm">
          {words.seeHits}
        </Anchor>
      )}
    </Section>
  )
}

/** Generating takes nothing away, so nobody is asked twice. */
function GenerateButton({ isFirst, run }: { readonly isFirst: boolean; readonly run: () => Promise<void> }) {
  const generate = useMutation({ mutationFn: run })
  return (
    <>
      <Button
        variant={isFirst ? 'filled' : 'default'}
        loading={generate.isPending}
        onClick={() => generate.mutate()}
      >
        {isFirst ? words.generate : words.replace}
      </Button>
      <FormProblem problem={generate.error?.message} />
    </>
  )
}
