import { describe, expect, it } from 'vitest'
import { eventNameFor, findEventNamesProblem } from './event-names.ts'

const UPPER = /^[A-Z_]+$/

describe('names of events', () => {
  it('are found in any case of ours, apart by commas or lines', () => {
    const setting = 'sale = PURCHASE,\nLead=SIGN_UP,'
    expect(['SALE', 'lead', 'other', ''].map((event) => eventNameFor(setting, event))).toEqual([
      'PURCHASE',
      'SIGN_UP',
      '',
      '',
    ])
  })

  it.each([
    ['sale=PURCHASE, lead=SIGN_UP', ''],
    ['', ''],
    ['sale', '"sale" is not of the form event=NAME'],
    ['sale=A=B', '"sale=A=B" is not of the form event=NAME'],
    ['=PURCHASE', '"=PURCHASE" is not of the form event=NAME'],
    ['sale=purchase', '"purchase" is not an event of this system'],
    ['sale=A,SALE=B', 'the event "sale" is named twice'],
  ])('of %j: %j', (setting, problem) => {
    expect(findEventNamesProblem(setting, UPPER)).toBe(problem)
  })
})
