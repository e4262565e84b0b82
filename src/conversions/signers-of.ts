import type { Hit } from '../domain/hit.ts'
import type { HitFields } from '../domain/hit-params.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { signatureProblem } from './check-sender.ts'

/** Ids of the networks and advertisers under whose secret the hit's signature is right. */
export function signersOf(hit: Hit, fields: HitFields, configuration: Configuration): readonly string[] {
  const senders = [...configuration.affiliateNetworks.values(), ...configuration.advertisers.values()]
  return senders
    .filter(({ signingSecret: secret }) => secret !== '' && signatureProblem(hit, fields, secret) === '')
    .map(({ id }) => id)
}
