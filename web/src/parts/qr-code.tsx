import { Button, Stack, Text } from '@mantine/core'
import { campaignTexts } from '../texts-campaigns.ts'
import { Icon } from './icon.tsx'
import classes from './qr-code.module.css'
import { type QrOutline, QrPicture, toQrOutline } from './qr-picture.tsx'

const words = campaignTexts.qr

type QrCodeProps = {
  readonly link: string
  /** Of the file, without its ending. */
  readonly fileName: string
}

/** A link as a picture for phones, and as a file for print. */
export function QrCode({ link, fileName }: QrCodeProps) {
  const outline = toQrOutline(link)
  return (
    <Stack gap="sm" w={240}>
      <QrPicture outline={outline} label={words.label(link)} />
      <Text size="xs" className={classes.link}>
        {link}
      </Text>
      <Text size="xs" c="dimmed">
        {words.hint}
      </Text>
      <Button
        component="a"
        variant="default"
        size="xs"
        href={toFile(outline)}
        download={`${fileName}.svg`}
        leftSection={<Icon name="down" size={14} />}
      >
        {words.download}
      </Button>
    </Stack>
  )
}

function toFile({ path, size }: QrOutline): string {
  const frame = `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"`
  const svg = `<svg ${frame}><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
