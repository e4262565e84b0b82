import { Badge, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  beginTwoFactor,
  confirmTwoFactor,
  endTwoFactor,
  type NewTwoFactor,
  renewBackupCodes,
} from '../account.ts'
import { retell } from '../retell.ts'
import { useMe } from '../session.ts'
import { twoFactorTexts as words } from '../texts-settings.ts'
import { useForm } from '../use-form.ts'
import { AskPassword } from './ask-password.tsx'
import { BackupCodes } from './backup-codes.tsx'
import { CopyField } from './copy-field.tsx'
import { FormProblem } from './form-footer.tsx'
import { Section } from './page.tsx'
import { QrPicture, toQrOutline } from './qr-picture.tsx'
import { useTell } from './tell.tsx'

type Step = 'turn on' | 'turn off' | 'renew'
const TITLES: Readonly<Record<Step, string>> = {
  'turn on': words.title,
  'turn off': words.offTitle,
  renew: words.renewTitle,
}

/** A second step of signing in: on, off, and what opens the account when the phone is lost. */
export function TwoFactor() {
  const { user, workspace } = useMe()
  const queries = useQueryClient()
  const tell = useTell()
  const [step, setStep] = useState<Step>()
  /** Who is told at once that it is on would lose the codes that are still on the screen. */
  const finish = async (message: string | undefined) => {
    setStep(undefined)
    await queries.invalidateQueries({ queryKey: ['me'] })
    await queries.invalidateQueries({ queryKey: ['sessions'] })
    if (message !== undefined) tell(message)
  }
  return (
    <Section title={words.title} aside={words.aside}>
      <Group gap="sm">
        <Badge variant="dot" size="lg" color={user.hasTwoFactor ? 'green' : 'gray'}>
          {user.hasTwoFactor ? words.on : words.off}
        </Badge>
        {user.hasTwoFactor ? (
          <>
            <Button variant="default" onClick={() => setStep('renew')}>
              {words.renew}
            </Button>
            <Button variant="default" onClick={() => setStep('turn off')}>
              {words.turnOff}
            </Button>
          </>
        ) : (
          <Button onClick={() => setStep('turn on')}>{words.turnOn}</Button>
        )}
      </Group>
      <Modal
        opened={step !== undefined}
        onClose={() => void finish(undefined)}
        // A press beside it would lose codes that are shown this once.
        closeOnClickOutside={false}
        title={step === undefined ? '' : TITLES[step]}
        centered
      >
        {step === 'turn on' && <TurnOn onDone={() => void finish(words.turnedOn)} />}
        {step === 'turn off' && (
          <TurnOff isRequired={workspace.requiresTwoFactor} onDone={() => void finish(words.turnedOff)} />
        )}
        {step === 'renew' && <Renew onDone={() => void finish(undefined)} />}
      </Modal>
    </Section>
  )
}

/** Password, picture and code, backup codes. */
export function TurnOn({ onDone }: { readonly onDone: () => void }) {
  const [made, setMade] = useState<NewTwoFactor>()
  const [isVerified, setVerified] = useState(false)
  if (made === undefined) {
    return (
      <AskPassword label={words.continue} run={async (password) => setMade(await beginTwoFactor(password))} />
    )
  }
  if (!isVerified) return <Scan uri={made.uri} onVerified={() => setVerified(true)} />
  return <BackupCodes codes={made.backupCodes} onDone={onDone} />
}

function Scan({ uri, onVerified }: { readonly uri: string; readonly onVerified: () => void }) {
  const form = useForm({ code: '' }, async ({ code }) => {
    await confirmTwoFactor(code.replaceAll(/\s/g, '')).catch(
      retell({ invalid_code: ['code', words.wrongCode] }),
    )
    onVerified()
  })
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <div>
          <Text fw={600}>{words.scanTitle}</Text>
          <Text size="sm" c="dimmed">
            {words.scanHint}
          </Text>
        </div>
        <QrPicture outline={toQrOutline(uri)} label={words.qr} />
        <CopyField label={words.byHand} value={new URL(uri).searchParams.get('secret') ?? ''} />
        <TextInput
          {...form.text('code')}
          label={words.code}
          description={words.codeHint}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          data-autofocus
        />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {words.verify}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function TurnOff({ isRequired, onDone }: { readonly isRequired: boolean; readonly onDone: () => void }) {
  return (
    <AskPassword
      label={words.turnOff}
      isGrave
      run={async (password) => {
        await endTwoFactor(password)
        onDone()
      }}
    >
      <Text>{isRequired ? words.offRequired : words.offText}</Text>
    </AskPassword>
  )
}

function Renew({ onDone }: { readonly onDone: () => void }) {
  const [codes, setCodes] = useState<readonly string[]>([])
  if (codes.length > 0) return <BackupCodes codes={codes} onDone={onDone} />
  return (
    <AskPassword label={words.renew} run={async (password) => setCodes(await renewBackupCodes(password))}>
      <Text>{words.renewText}</Text>
    </AskPassword>
  )
}
