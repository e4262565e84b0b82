import { Code, List, Text, Title } from '@mantine/core'
import { HIT_PARAM_NAMES, STATUS_LIST_PARAMS } from '../../../src/domain/hit-params.ts'
import { LIMITS } from '../../../src/domain/limits.ts'
import { listWords } from '../list-words.ts'
import { isKey } from '../texts.ts'
import { postbackTexts as words } from '../texts-postback.ts'
import { CopyField } from './copy-field.tsx'
import { Fold } from './fold.tsx'
import classes from './postback-guide.module.css'

const MINUTE_MS = 60_000

/** Everything that a hit may say, for who writes the sender. */
export function PostbackGuide({ postbackUrl }: { readonly postbackUrl: string }) {
  return (
    <Fold title={words.title} aside={words.aside} isUsed={false}>
      <Params />
      <Part title={words.statuses} lines={[words.statusLists(listWords(STATUS_LIST_PARAMS, 'and'))]} />
      <Part title={words.refunds} lines={[words.refundByStatus, words.refundByAmount]} />
      <Part title={words.signing} lines={[words.signingText(LIMITS.signatureToleranceMs / MINUTE_MS)]} />
      <CopyField label={words.example} value={signedCall(postbackUrl)} />
    </Fold>
  )
}

function Params() {
  const known = Object.entries(HIT_PARAM_NAMES).flatMap(([field, [name = '', ...others]]) =>
    isKey(words.params, field) ? [{ name, others, text: words.params[field] }] : [],
  )
  return (
    <dl className={classes.params}>
      {[...known, { name: words.values, others: [], text: words.valuesText }].map(
        ({ name, others, text }) => (
          <div key={name}>
            <dt>
              <Code>{name}</Code>
            </dt>
            <dd>
              {text}
              {others.length > 0 && (
                <Text component="span" size="xs" c="dimmed" display="block">
                  {words.also(listWords(others, 'or'))}
                </Text>
              )}
            </dd>
          </div>
        ),
      )}
    </dl>
  )
}

function Part({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  return (
    <div>
      <Title order={3} size="sm" mb={4}>
        {title}
      </Title>
      <List size="sm" spacing={4} className={classes.lines}>
        {lines.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
    </div>
  )
}

/** A whole call, of the address without what its sender fills in. */
function signedCall(postbackUrl: string): string {
  const address = postbackUrl.split('?')[0] ?? postbackUrl
  const hmac = `printf %s "$Q" | openssl dgst -sha256 -hmac SECRET -r | cut -d ' ' -f 1`
  return `U="${address}"\nQ="cid=CLICKID&payout=1.50&txid=T-1&ts=$(date +%s)"\ncurl "$U?$Q&sig=$(${hmac})"`
}
