import { expect, it } from 'vitest'
import { kindsAllowed } from './pixel-kinds.ts'

it.each([
  ['postback', ['postback']],
  ['image', ['postback', 'image']],
  ['iframe', ['postback', 'image', 'iframe', 'script']],
  ['script', ['postback', 'image', 'iframe', 'script']],
] as const)('an offer with the protocol %s lets affiliates use %j', (protocol, kinds) => {
  expect(kindsAllowed(protocol, true)).toEqual(kinds)
})

it.each(['postback', 'image', 'iframe', 'script'] as const)(
  'an offer without pixels takes postbacks alone, also with the protocol %s',
  (protocol) => {
    expect(kindsAllowed(protocol, false)).toEqual(['postback'])
  },
)
