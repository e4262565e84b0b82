/** What a system's old URLs are, and what they do here: facts of src/edge/dialects. */
export type MovedSystem = {
  readonly name: string
  /** What of ours keeps which of its ids, and where that id stands in its URLs. */
  readonly ids: readonly (readonly [thing: LegacyThing, id: string, from: string])[]
  readonly steps: readonly string[]
  readonly urls: readonly (readonly [url: string, does: string])[]
  readonly notes: readonly string[]
}

export type LegacyThing = 'campaign' | 'offer' | 'lander' | 'affiliate'

const SOURCE_STEP =
  'Give the traffic source the parameters that its old links carry: the external id, the cost, and tokens.'

/** The systems whose URLs are answered here, by the word that stands before the colon of a legacy id. */
const MOVED_SYSTEMS = {
  prosper202: {
    name: 'Prosper202',
    ids: [
      ['campaign', 'prosper202:1123', 'dl.php?t202id=1123, rtr.php?t202id=1123'],
      ['campaign', 'prosper202:lp-1456', 'visitors of a lander (lpip=1456) whose page has no t202id'],
      ['offer', 'prosper202:2334', 'off.php?acip=2334, pb.php?acip=2334, px.php?acip=2334'],
      ['offer', 'prosper202:cid-12', 'gpx.php?cid=12, upx.php?cid=12'],
      ['lander', 'prosper202:1456', 'landing.php?lpip=1456'],
    ],
    steps: [
      'A Prosper202 tracker becomes a campaign; its campaign becomes an offer.',
      'Give the traffic source a token “keyword” with the parameter t202kw, and t202b as its cost parameter when costs came with the links.',
      'Pixels of a source account become notification targets of the source.',
    ],
    urls: [
      [
        '/tracking202/redirect/dl.php?t202id=…',
        'A visit of the campaign. c1 to c4 are sub1 to sub4; rtr.php does the same.',
      ],
      [
        '/tracking202/redirect/lp.php, off.php, pci.php, go.php',
        'From a lander on to the visit’s offer, or to the one named.',
      ],
      [
        '/tracking202/static/landing.php?lpip=…',
        'The lander’s script: reports the visit and the view, and carries the click id into its links.',
      ],
      [
        '/tracking202/static/gpb.php?subid=…&amount=…',
        'A conversion by postback, with Prosper202’s own answers.',
      ],
      ['/tracking202/static/gpx.php', 'A conversion by image; always answers an image.'],
      ['/tracking202/static/upx.php', 'A conversion by frame.'],
      ['/tracking202/static/pb.php?acip=…&subid=…, px.php', 'A conversion of that offer, without an amount.'],
    ],
    notes: [
      'Ids in its URLs have a random digit on both ends: take them as they stand in your old links.',
      'A postback without a click id is never given to the newest click of the same address.',
      'Cloaked links (cl.php, cl2.php, lpc.php), record.php, ipx.php and cb202.php are not answered.',
    ],
  },
  voluum: {
    name: 'Voluum',
    ids: [['campaign', 'voluum:0e4f2a…', 'https://HOST/0e4f2a…?…, the whole UUID']],
    steps: [SOURCE_STEP, 'Links of landers stay /click, or /click/2 for the second offer.'],
    urls: [
      ['/{uuid}?…', 'A visit of the campaign.'],
      ['/click, /click/{n}', 'From the lander to the offer, or to the n-th.'],
      ['/postback?cid=…&payout=…&txid=…&et=…', 'A conversion; et is the event, param1 is p1.'],
      [
        '/conversion.gif?cid=OPTIONAL&payout=OPTIONAL',
        'A conversion by image; OPTIONAL takes the click id from the cookie.',
      ],
    ],
    notes: [
      'A repeated cid without a new txid is the network’s duplicate policy “ignore”.',
      'The script of direct tracking (/d/.js) is replaced by tp.js, under the campaign’s “Without a redirect”.',
    ],
  },
  bemob: {
    name: 'BeMob',
    ids: [['campaign', 'bemob:0e4f2a…', 'https://HOST/go/0e4f2a…?…, the whole UUID']],
    steps: [SOURCE_STEP, 'Links of landers stay /click, or /click/2 for the second offer.'],
    urls: [
      ['/go/{uuid}?…', 'A visit of the campaign.'],
      ['/click, /click/{n}', 'From the lander to the offer, or to the n-th.'],
      [
        '/postback?cid=…&payout=…&txid=…&status=…',
        'A conversion; the status is read by the network’s status words.',
      ],
    ],
    notes: [],
  },
  binom: {
    name: 'Binom',
    ids: [['campaign', 'binom:KEY', '/click.php?key=KEY, /click?key=KEY']],
    steps: [
      SOURCE_STEP,
      'For landers with several offers, set the lander’s number of calls to action.',
      'Words of cnv_status that are the network’s own go into its status words.',
    ],
    urls: [
      ['/click.php?key=…, /click?key=…', 'A visit of the campaign; t1 to t10 are sub1 to sub10.'],
      ['/click.php?lp=1, ?to_offer=2', 'From the lander to the offer, or to the second.'],
      [
        '/click.php?cnv_id=…&payout=…&cnv_status=…',
        'A conversion; event1 to event30 and add_event1… are numbers of the visit.',
      ],
      ['/click.php?upd_clickid=…', 'New values for the visit.'],
    ],
    notes: [
      'A renamed click path has to be rewritten to /click by the proxy in front.',
      '“Upsell” of an offer is the network’s duplicate policy “add”.',
    ],
  },
  keitaro: {
    name: 'Keitaro',
    ids: [
      ['campaign', 'keitaro:ALIAS', 'https://HOST/ALIAS?…; case matters'],
      ['offer', 'keitaro:22', '/?_lp=1&offer_id=22'],
    ],
    steps: [
      SOURCE_STEP,
      'Set the token of each affiliate network to the key of your old postback URL. Without a token any key is taken.',
      'Events such as deposit and rebill: give them to the offer as goals, or translate them in the URL (sale_status=deposit).',
    ],
    urls: [
      ['/{alias}?…', 'A visit of the campaign; sub_id_1 to sub_id_10 are sub1 to sub10.'],
      ['/?_lp=1, &offer_id=…, &_token=…', 'From the lander to the visit’s offer, or to the one named.'],
      [
        '/{key}/postback?subid=…&status=…&payout=…&tid=…',
        'A conversion. lead is pending, sale approved; lead_status=, sale_status=, rejected_status= and ignore_status= in the URL translate other words.',
      ],
    ],
    notes: [
      'A lander in Keitaro’s own folder has to be hosted elsewhere; its links are https://HOST/click.',
      'The Click API and the KClient scripts are replaced by tp.js.',
    ],
  },
  tune: {
    name: 'TUNE (HasOffers)',
    ids: [
      ['offer', 'tune:1001', 'offer_id=1001'],
      ['offer', 'tune:goal-5405', 'goal_id=5405, on the goal’s offer; name the goal’s event 5405'],
      ['affiliate', 'tune:2002', 'aff_id=2002'],
    ],
    steps: [
      'Copy each advertiser’s security token into the advertiser’s token here.',
      'Choose what the advertiser has in place as it was: iframe, image or postback.',
    ],
    urls: [
      ['/aff_c?offer_id=…&aff_id=…', 'A visit by the affiliate’s link of the offer.'],
      ['/aff_i?offer_id=…&aff_id=…', 'An impression.'],
      ['/aff_l?offer_id=…, /aff_goal?a=l&goal_id=…', 'A conversion by pixel: image or frame.'],
      [
        '/aff_lsr?transaction_id=…, /aff_goal?a=lsr&goal_id=…',
        'A conversion by postback; answers success=true; as TUNE does.',
      ],
    ],
    notes: [
      'aff_sub to aff_sub5 are sub1 to sub5, aff_unique1 to 5 are sub6 to sub10, adv_sub is the transaction id.',
      'payout and revenue in a postback do not change what was agreed on.',
      'Encrypted postbacks (/SL2) are not read: use the signature.',
    ],
  },
  redtrack: {
    name: 'RedTrack',
    ids: [['campaign', 'redtrack:5f1c…', 'https://HOST/5f1c…?…, all 24 characters']],
    steps: [SOURCE_STEP],
    urls: [
      [
        '/{24 characters}?sub1=…&ref_id=…&cost=…',
        'A visit of the campaign; ref_id is the external id, cost its price.',
      ],
      ['/{24 characters}?format=json', 'The same for RedTrack’s script on a page: answers the click id.'],
      ['/view?clickid=…', 'A view of the lander.'],
      ['/clickupd/{clickid}?sub1=…', 'New values for the visit.'],
      ['/postback?clickid=…&sum=…&type=…&status=…', 'A conversion; type is the event.'],
    ],
    notes: [],
  },
  clickflare: {
    name: 'ClickFlare',
    ids: [['campaign', 'clickflare:ID', '/cf/r/ID']],
    steps: [SOURCE_STEP],
    urls: [
      ['/cf/r/{id}', 'A visit of the campaign.'],
      ['/cf/click, /cf/click/{n}', 'From a lander to the offer, or to the n-th.'],
      ['/cf/cv, /cf/postback?click_id=…&payout=…&txid=…&ct=…', 'A conversion; ct is the event.'],
    ],
    notes: [],
  },
  cpvlab: {
    name: 'CPV Lab, CPV One',
    ids: [['campaign', 'cpvlab:12', '/base.php?c=12, /click.php?campid=12']],
    steps: [SOURCE_STEP, 'Give the source a token “keyword”: it takes the keyword of the links.'],
    urls: [
      ['/base.php?c=…&key=…&keyword=…', 'A visit of the campaign; key is not checked.'],
      ['/click.php?campid=…', 'The same, of CPV One.'],
      [
        '/adclick.php?subid=…&revenue=…',
        'A conversion. A repeat overwrites the revenue; with cladd=true it adds one.',
      ],
    ],
    notes: [],
  },
} as const satisfies Readonly<Record<string, MovedSystem>>

/** Its postbacks are answered; its links name nodes of a funnel, which nothing here can keep the id of. */
const FUNNELFLUX: MovedSystem = {
  name: 'FunnelFlux',
  ids: [],
  steps: ['Make a campaign here for each entrance of a funnel, and give its link to the source.'],
  urls: [['/pb/?hit=…&rev=…&tx=…', 'A conversion.']],
  notes: ['Its entrance and action links have no counterpart here.'],
}

/** All that one can move from, by the word in the address of the page. */
export const ALL_MOVED: Readonly<Record<string, MovedSystem>> = { ...MOVED_SYSTEMS, funnelflux: FUNNELFLUX }

/** The systems in whose URLs a thing of the kind has an id. */
export function systemsOf(thing: LegacyThing): readonly { readonly value: string; readonly label: string }[] {
  return Object.entries<MovedSystem>(MOVED_SYSTEMS)
    .filter(([, { ids }]) => ids.some(([of]) => of === thing))
    .map(([value, { name }]) => ({ value, label: name }))
}
