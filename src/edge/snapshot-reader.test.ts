import { describe, expect, it } from 'vitest'
import { advertiserOffer, affiliate, placeBits } from '../../test/contract/affiliate-snapshot.ts'
import { campaign, offer, testSnapshot } from '../../test/contract/edge-rig.ts'
import { toSnapshotText } from '../domain/snapshot-text.ts'
import { SnapshotReader } from './snapshot-reader.ts'

const snapshot = testSnapshot({
  offers: [
    offer('o1'),
    advertiserOffer('o2', { affiliates: placeBits(1) }, { name: 'with a\n],"campaigns":[' }),
  ],
  affiliates: [affiliate('a1'), affiliate('a2'), affiliate('a3')],
  campaigns: [campaign('one'), campaign('two', { name: 'with a\nline break, and ]}' }), campaign('three')],
})

describe('a snapshot’s text', () => {
  it('is JSON, and reads as the snapshot that was written', async () => {
    const text = toSnapshotText(snapshot)
    expect(JSON.parse(text)).toEqual(snapshot)
    expect(await new SnapshotReader().read(text)).toEqual(snapshot)
  })

  it('without any of its lists, and as plain JSON of one line, is read as well', async () => {
    const empty = { ...snapshot, campaigns: [], offers: [], affiliates: [] }
    expect(await new SnapshotReader().read(toSnapshotText(empty))).toEqual(empty)
    expect(await new SnapshotReader().read(JSON.stringify(snapshot))).toEqual(snapshot)
  })

  it('after an edit keeps the campaigns that are the same, and reads the others anew', async () => {
    const reader = new SnapshotReader()
    const before = await reader.read(toSnapshotText(snapshot))
    const [one, two, three] = snapshot.campaigns
    if (one === undefined || two === undefined || three === undefined) throw new Error('three campaigns')
    const edited = { ...snapshot, version: 2, campaigns: [three, { ...two, name: 'Edited' }, one] }
    const after = await reader.read(toSnapshotText(edited))
    expect(after).toEqual(edited)
    expect(after.campaigns[2]).toBe(before.campaigns[0])
    expect(after.campaigns[0]).toBe(before.campaigns[2])
  })

  it('after an edit keeps the affiliates and offers that are the same', async () => {
    const reader = new SnapshotReader()
    const before = await reader.read(toSnapshotText(snapshot))
    const [one, two, three] = snapshot.affiliates
    if (one === undefined || two === undefined || three === undefined) throw new Error('three affiliates')
    const edited = { ...snapshot, version: 2, affiliates: [one, { ...two, name: 'Edited' }, three] }
    const after = await reader.read(toSnapshotText(edited))
    expect(after).toEqual(edited)
    expect(after.affiliates.map((item, at) => item === before.affiliates[at])).toEqual([true, false, true])
    expect(after.offers.every((item, at) => item === before.offers[at])).toBe(true)
  })

  it('that is none, or of another format, is refused', async () => {
    const reader = new SnapshotReader()
    await expect(reader.read('nonsense')).rejects.toThrow()
    await expect(reader.read(toSnapshotText(snapshot).replace('"format":3', '"format":9'))).rejects.toThrow()
    await expect(
      reader.read(toSnapshotText(snapshot).replace('"status":"active"', '"status":"?"')),
    ).rejects.toThrow()
    expect(await reader.read(toSnapshotText(snapshot))).toEqual(snapshot)
  })
})
