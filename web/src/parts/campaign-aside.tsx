import { Button, Drawer, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { FlowValues } from '../flow-values.ts'
import type { Campaign } from '../resources.ts'
import { useMayChange } from '../session.ts'
import { texts } from '../texts.ts'
import { scriptTexts } from '../texts-elsewhere.ts'
import { dryRunTexts, flowTexts, testConversionTexts } from '../texts-flow.ts'
import { CampaignScript } from './campaign-script.tsx'
import { CopyField } from './copy-field.tsx'
import { DryRun } from './dry-run.tsx'
import { Icon } from './icon.tsx'
import { Section } from './page.tsx'
import { TestConversion } from './test-conversion.tsx'

type CampaignAsideProps = {
  readonly item: Campaign | undefined
  /** As the form has it now; undefined for a shared one. */
  readonly flow: FlowValues | undefined
}

/** What of a campaign goes into other systems and pages, and two ways to try it before any traffic is bought. */
export function CampaignAside({ item, flow }: CampaignAsideProps) {
  return (
    <>
      <Section title={texts.campaigns.linkTitle}>
        {item === undefined ? (
          <Text c="dimmed">{texts.campaigns.linkAfterSave}</Text>
        ) : (
          <>
            <CopyField
              label={scriptTexts.impression}
              value={item.impressionUrl}
              description={scriptTexts.impressionHint}
            />
            <CampaignScript campaign={item} />
          </>
        )}
      </Section>
      {item !== undefined && <Try item={item} flow={flow} />}
    </>
  )
}

function Try({ item, flow }: { readonly item: Campaign; readonly flow: FlowValues | undefined }) {
  const [opened, setOpened] = useState<'dry-run' | 'test-conversion'>()
  const close = () => setOpened(undefined)
  return (
    <Section title={flowTexts.tryTitle} aside={flowTexts.tryAside}>
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<Icon name="campaign" size={14} />}
          onClick={() => setOpened('dry-run')}
        >
          {flowTexts.dryRun}
        </Button>
        {useMayChange() && (
          <Button
            variant="default"
            leftSection={<Icon name="conversion" size={14} />}
            onClick={() => setOpened('test-conversion')}
          >
            {flowTexts.testConversion}
          </Button>
        )}
      </Group>
      <Drawer
        opened={opened === 'dry-run'}
        onClose={close}
        title={dryRunTexts.title}
        position="right"
        size="lg"
      >
        <DryRun campaign={item} flow={flow} />
      </Drawer>
      <Drawer
        opened={opened === 'test-conversion'}
        onClose={close}
        title={testConversionTexts.title}
        position="right"
        size="lg"
      >
        <TestConversion way={{ campaignId: item.id }} />
      </Drawer>
    </Section>
  )
}
