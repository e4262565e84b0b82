import { createRequire } from 'node:module'
import { buffer } from 'node:stream/consumers'
import PDFDocument from 'pdfkit'
import type { InvoiceParty } from '../domain/billing-types.ts'
import { formatMoney, placesOf } from '../domain/money-text.ts'
import type { LineGroup } from '../store/invoice-lines.ts'
import type { InvoiceDocument } from './invoice-document.ts'

/** Roboto has Latin, Cyrillic and Greek: names in any European alphabet are printed as they are written. */
const FONTS = {
  regular: 'roboto-fontface/fonts/roboto/Roboto-Regular.woff',
  bold: 'roboto-fontface/fonts/roboto/Roboto-Bold.woff',
} as const

/** A4 in points, and its columns from the left margin. */
const MARGIN = 56
const WIDTH = 595.28 - 2 * MARGIN
const COLUMNS = { description: 0, quantity: 290, amount: 360 } as const
const FOOTER_HEIGHT = 30
const ROW_GAP = 6
/** A thousand characters have room in it; one of many short lines ends in an ellipsis, on its page. */
const ADDRESS_HEIGHT_MAX = 300
const DESCRIPTION_HEIGHT_MAX = 150
const INK = '#1f2933'
const MUTED = '#616e7c'
const RULE = '#cbd2d9'

const QUANTITY = new Intl.NumberFormat('en')

const STATE_WORDS = { draft: 'Draft', final: '', paid: 'Paid', void: 'Void' } as const

type Pdf = InstanceType<typeof PDFDocument>

/** An A4 invoice: parties, number, period, lines by offer and event, total. */
export async function renderInvoicePdf(document: InvoiceDocument): Promise<Buffer> {
  const pdf = openPdf(document)
  const finished = buffer(pdf)
  drawHeading(pdf, document)
  drawParties(pdf, document)
  drawFacts(pdf, document)
  drawTable(pdf, document)
  drawTotal(pdf, document)
  numberPages(pdf, document)
  pdf.end()
  return await finished
}

function openPdf({ invoice }: InvoiceDocument): Pdf {
  const { resolve } = createRequire(import.meta.url)
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOTER_HEIGHT },
    // Page numbers need the number of pages: they are written last.
    bufferPages: true,
    lang: 'en',
    info: {
      Title: `Invoice ${invoice.number}`,
      CreationDate: new Date(invoice.issuedAt ?? invoice.createdAt),
    },
  })
  pdf.registerFont('regular', resolve(FONTS.regular))
  pdf.registerFont('bold', resolve(FONTS.bold))
  return pdf.font('regular').fontSize(10).fillColor(INK)
}

function drawHeading(pdf: Pdf, { invoice }: InvoiceDocument): void {
  const state = STATE_WORDS[invoice.state]
  pdf.font('bold').fontSize(22).text(`Invoice ${invoice.number}`, MARGIN, MARGIN)
  if (state !== '') {
    pdf
      .fontSize(12)
      .fillColor(MUTED)
      .text(state, MARGIN, MARGIN + 8, { width: WIDTH, align: 'right' })
  }
  pdf.fillColor(INK).font('regular').fontSize(10)
  pdf.y = MARGIN + 48
}

function drawParties(pdf: Pdf, { parties }: InvoiceDocument): void {
  const top = pdf.y
  const half = WIDTH / 2 - 12
  drawParty(pdf, 'From', parties.issuer, { x: MARGIN, top, width: half })
  const bottom = pdf.y
  drawParty(pdf, 'To', parties.payer, { x: MARGIN + WIDTH / 2, top, width: half })
  pdf.y = Math.max(bottom, pdf.y) + 24
}

function drawParty(
  pdf: Pdf,
  label: string,
  party: InvoiceParty,
  { x, top, width }: { readonly x: number; readonly top: number; readonly width: number },
): void {
  pdf.fontSize(8).fillColor(MUTED).text(label, x, top, { width })
  pdf
    .fontSize(10)
    .fillColor(INK)
    .font('bold')
    .text(party.company || party.name, { width })
  pdf.font('regular')
  const name = party.company === '' || party.company === party.name ? '' : party.name
  const taxId = party.taxId === '' ? '' : `Tax ID: ${party.taxId}`
  for (const line of [name, party.address, taxId, party.email]) {
    if (line !== '') pdf.text(line, { width, height: ADDRESS_HEIGHT_MAX, ellipsis: true })
  }
}

function drawFacts(pdf: Pdf, { invoice, payment, timeZone }: InvoiceDocument): void {
  const dateOf = (ms: number) => formatDate(ms, timeZone)
  const facts: readonly (readonly [string, string])[] = [
    ['Date', dateOf(invoice.issuedAt ?? invoice.createdAt)],
    // The end is exclusive: the last day is the one before.
    [
      'Period',
      `${dateOf(invoice.periodFrom)} – ${dateOf(Math.max(invoice.periodFrom, invoice.periodTo - 1))}`,
    ],
    ['Currency', invoice.currency],
    ...(payment === null ? [] : [['Paid', paidText(payment, dateOf(payment.paidAt))] as const]),
    ...(invoice.state === 'void' ? [['Void', invoice.note] as const] : []),
  ]
  for (const [name, value] of facts) {
    const top = pdf.y
    pdf.fillColor(MUTED).text(name, MARGIN, top, { width: 80 })
    pdf.fillColor(INK).text(value, MARGIN + 80, top, { width: WIDTH - 80 })
  }
  pdf.y += 20
}

function paidText(payment: { readonly method: string; readonly reference: string }, date: string): string {
  return [date, payment.method, payment.reference].filter((part) => part !== '').join(', ')
}

function drawTable(pdf: Pdf, document: InvoiceDocument): void {
  drawTableHead(pdf)
  for (const group of document.groups) drawRow(pdf, group, amountText(document))
  if (document.isCut) {
    pdf
      .fillColor(MUTED)
      .text('More lines are in the CSV file of this invoice.', MARGIN, pdf.y, { width: WIDTH })
      .fillColor(INK)
    pdf.y += ROW_GAP
  }
}

/** Prints all amounts of the invoice with as many decimals as the longest of them has. */
function amountText({ invoice, groups }: InvoiceDocument): (micros: number) => string {
  const { currency, totalMicros } = invoice
  const amounts = [totalMicros, ...groups.map(({ amountMicros }) => amountMicros)]
  const places = Math.max(...amounts.map((micros) => placesOf(micros, currency)))
  return (micros) => formatMoney(micros, currency, places)
}

function drawTableHead(pdf: Pdf): void {
  const top = pdf.y
  pdf.fontSize(8).fillColor(MUTED)
  drawCells(pdf, top, ['Description', 'Quantity', 'Amount'])
  pdf.fontSize(10).fillColor(INK)
  pdf.y = top + 14
  drawRule(pdf)
}

function drawRow(
  pdf: Pdf,
  { description, quantity, amountMicros }: LineGroup,
  toText: (micros: number) => string,
): void {
  const width = COLUMNS.quantity - 16
  const height = Math.min(pdf.heightOfString(description, { width }), DESCRIPTION_HEIGHT_MAX)
  if (pdf.y + height > pdf.page.height - pdf.page.margins.bottom) {
    pdf.addPage()
    drawTableHead(pdf)
  }
  const top = pdf.y
  drawCells(pdf, top, [description, QUANTITY.format(quantity), toText(amountMicros)])
  pdf.y = top + height + ROW_GAP
}

function drawCells(pdf: Pdf, top: number, [first, second, third]: readonly [string, string, string]): void {
  const { quantity, amount } = COLUMNS
  pdf.text(first, MARGIN, top, { width: quantity - 16, height: DESCRIPTION_HEIGHT_MAX, ellipsis: true })
  pdf.text(second, MARGIN + quantity, top, { width: amount - quantity, align: 'right' })
  pdf.text(third, MARGIN + amount, top, { width: WIDTH - amount, align: 'right' })
}

function drawTotal(pdf: Pdf, document: InvoiceDocument): void {
  const { invoice } = document
  if (pdf.y + 40 > pdf.page.height - pdf.page.margins.bottom) pdf.addPage()
  drawRule(pdf)
  const top = pdf.y + 4
  pdf.font('bold').fontSize(12).text('Total', MARGIN, top)
  const total = `${amountText(document)(invoice.totalMicros)} ${invoice.currency}`
  pdf.text(total, MARGIN, top, { width: WIDTH, align: 'right' }).font('regular').fontSize(10)
}

function drawRule(pdf: Pdf): void {
  pdf
    .moveTo(MARGIN, pdf.y)
    .lineTo(MARGIN + WIDTH, pdf.y)
    .lineWidth(0.5)
    .strokeColor(RULE)
    .stroke()
  pdf.y += ROW_GAP
}

function numberPages(pdf: Pdf, { invoice }: InvoiceDocument): void {
  const { start, count } = pdf.bufferedPageRange()
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page)
    // Below the bottom margin, where text would otherwise begin another page.
    pdf.page.margins.bottom = 0
    const text = `Invoice ${invoice.number} · page ${page + 1} of ${count}`
    const top = pdf.page.height - MARGIN
    pdf
      .fontSize(8)
      .fillColor(MUTED)
      .text(text, MARGIN, top, { width: WIDTH, align: 'center', lineBreak: false })
  }
}

/** 2026-11-22, by the zone's calendar. */
function formatDate(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(ms)
}
