import type { DuplicatePolicy } from '../../domain/conversion-types.ts'

/** Decoded parameters in order, query before body. */
export type HitParamList = readonly (readonly [name: string, value: string])[]

/** How another system writes a conversion. */
export type HitDialect = {
  /** The system, e.g. 'prosper202'. */
  readonly system: string
  /** The sender's parameters under our names. */
  readonly rename: (params: HitParamList) => HitParamList
  /** What the URL itself says about repeats; undefined leaves it to the network's own policy. */
  readonly duplicatePolicy?: (params: HitParamList) => DuplicatePolicy | undefined
}
