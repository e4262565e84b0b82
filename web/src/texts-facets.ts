/** The words of what lists are narrowed by. */
export const listTexts = {
  tag: 'Tag',
  anyTag: 'Any tag',
  owner: 'Owner: advertiser or network',
  anyOwner: 'Any owner',
  kind: 'Whose offers',
  anyKind: 'All offers',
  kinds: { network: 'Of affiliate networks', advertiser: 'Of advertisers', campaign: 'Through a campaign' },
  manager: 'Looked after by',
  anyManager: 'Looked after by anybody',
} as const
