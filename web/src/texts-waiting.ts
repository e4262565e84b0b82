/** The words of what waits for somebody of the network, and of deciding about it. */
export const waitingTexts = {
  label: 'What waits',
  affiliates: 'Affiliates',
  applications: 'Applications',
  pixels: 'Pixels',
  conversions: 'Conversions',
  count: (name: string, count: string) => `${name}: ${count} waiting`,
} as const

export const reasonTexts = {
  label: 'Ready reasons',
  choose: 'Take a ready reason',
  pixels: [
    'The address is not by https.',
    'It loads scripts of a third party that we do not know.',
    'It opens pages or windows of its own.',
    'It does not belong to the tracker that you named.',
    'The macro for your click id is missing, so that it could not tell one conversion from another.',
  ],
  applications: [
    'This offer takes no incentivised traffic.',
    'This offer takes no e-mail traffic.',
    'Please write how you will promote the offer, then apply again.',
    'The offer has enough affiliates at the moment.',
    'Your traffic of other offers did not convert well enough.',
  ],
} as const

export const moderatingTexts = {
  approved: (name: string) => `Approved: ${name}`,
  rejected: (name: string) => `Rejected: ${name}`,
  keys: 'Keys: A approves, R rejects, J and K go to the next and back. The next one comes by itself.',
} as const
