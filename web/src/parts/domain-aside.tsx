import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import type { Domain } from '../resources.ts'
import { useMayChange, useMe } from '../session.ts'
import { domainSetupTexts as words } from '../texts-elsewhere.ts'
import { CopyField } from './copy-field.tsx'
import { FormProblem } from './form-footer.tsx'
import { Note } from './note.tsx'
import { Section } from './page.tsx'

type DomainCheck = components['schemas']['DomainCheck']

type DomainAsideProps = {
  /** As it is saved; undefined for a new one. */
  readonly item: Domain | undefined
  /** As the form has it; '' while nothing is typed. */
  readonly name: string
}

const ADDRESS = /^(\d+\.){3}\d+$|:/
const EXAMPLE = 'go.example.com'

/** What to do outside Trailpost before a domain works, and whether it does. */
export function DomainAside({ item, name }: DomainAsideProps) {
  const { publicUrl } = useMe()
  const own = new URL(publicUrl).hostname
  const host = name.trim() === '' ? EXAMPLE : name.trim()
  return (
    <>
      <Section title={words.dns} aside={words.dnsAside}>
        {own === 'localhost' ? (
          <Note tone="look">{words.localhost}</Note>
        ) : (
          <CopyField
            label={words.record}
            value={`${host}  ${ADDRESS.test(own) ? 'A' : 'CNAME'}  ${own}`}
            description={ADDRESS.test(own) ? words.byAddress : words.byName}
          />
        )}
      </Section>
      <Section title={words.certificate} aside={words.certificateAside}>
        <CopyField label={words.caddy} value={CADDY} description={words.caddyHint} />
        <CopyField label={words.nginx} value={certbot(own, host)} description={words.nginxHint} />
      </Section>
      {item !== undefined && <Check item={item} />}
    </>
  )
}

const CADDY = `{
  on_demand_tls {
    ask http://127.0.0.1:8080/tls-ask
  }
}
https:// {
  tls {
    on_demand
  }
  reverse_proxy 127.0.0.1:8080
}`

function certbot(own: string, host: string): string {
  return `certbot certonly --webroot -w /var/www/acme --cert-name tracking --expand -d ${own} -d ${host}\nnginx -s reload`
}

function Check({ item: { id, name } }: { readonly item: Domain }) {
  const check = useMutation({
    mutationFn: () => answerOf(api.POST('/api/v1/domains/{id}/check', { params: { path: { id } } })),
  })
  if (!useMayChange()) return null
  return (
    <Section title={words.check} aside={words.checkAside(name)}>
      <Stack gap="sm">
        <Button variant="default" w="fit-content" loading={check.isPending} onClick={() => check.mutate()}>
          {words.checkNow}
        </Button>
        <FormProblem problem={check.error?.message} />
        <div role="status">{check.data !== undefined && <Found check={check.data} />}</div>
      </Stack>
    </Section>
  )
}

function Found({
  check: { outcome, url, addresses, ownAddresses, detail },
}: {
  readonly check: DomainCheck
}) {
  return (
    <Note tone={outcome === 'works' ? 'good' : 'bad'} title={words.outcomes[outcome]}>
      {words.asked(url)} {words.advice[outcome]}
      {detail !== '' && <Text size="sm">{words.seen(detail)}</Text>}
      {addresses.length > 0 && <Text size="sm">{words.addresses(addresses.join(', '))}</Text>}
      {outcome !== 'works' && ownAddresses.length > 0 && (
        <Text size="sm">{words.ownAddresses(ownAddresses.join(', '))}</Text>
      )}
    </Note>
  )
}
