// Trailpost's first-party script, for pages of advertisers and landers (docs/operating/tp-js.md).
// It runs in strangers' pages: it needs nothing, never throws, and speaks up under data-debug alone.
// Plain ES2018. Lines of comment are left out of what is served, so a comment has a line of its own.
;(() => {
  const stub = window.trailpost || {}
  const tag = document.currentScript || document.querySelector('script[src*="/tp.js"]')
  if (!tag || stub.isLoaded) return

  const ID = /^[0-9a-hjkmnp-tv-z]{26}$/
  const PLACEHOLDER = /(?:\{|%7B)clickid(?:\}|%7D)/gi
  const KEY = 'tp_cid'
  const TAG_COOKIES = ['_fbp', '_fbc', '_ga', '_scid', '_epik']
  const VISITS_KEY = 'tp_visits'
  const host = tag.src.replace(/\/tp\.js.*$/, '')
  const setting = (name) => tag.getAttribute(`data-${name}`) || ''
  const seconds = (Number(setting('days')) || 30) * 86400
  const isPrivate = setting('gpc') === 'honor' && navigator.globalPrivacyControl === true

  const report = (problem) => {
    // biome-ignore lint/suspicious/noConsole: the page's author asked for it
    if (tag.hasAttribute('data-debug')) console.warn('[trailpost]', problem)
  }
  // Storage that is switched off throws when it is touched.
  const attempt = (action) => {
    try {
      return action()
    } catch (error) {
      report(error)
    }
  }
  const isId = (text) => ID.test(text || '')
  const cookie = (name) =>
    (document.cookie.split('; ').find((each) => each.startsWith(`${name}=`)) || '').slice(name.length + 1)

  const idOfPage = () => {
    const query = new URLSearchParams(location.search)
    return (
      [setting('param'), 'cid', 'clickid', 'click_id', KEY].map((name) => query.get(name)).find(isId) || ''
    )
  }
  const keptId = () => {
    const inCookie = cookie(KEY)
    if (isId(inCookie)) return inCookie
    const [id, until] = (localStorage.getItem(KEY) || '').split(' ')
    return isId(id) && Number(until) > Date.now() ? id : ''
  }
  const keepId = (id) => {
    const domain = setting('domain') && `; domain=${setting('domain')}`
    const secure = location.protocol === 'https:' ? '; Secure' : ''
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in all browsers
    document.cookie = `${KEY}=${id}; path=/; SameSite=Lax; max-age=${seconds}${domain}${secure}`
    localStorage.setItem(KEY, `${id} ${Date.now() + seconds * 1000}`)
  }

  let current = ''
  let timer = 0
  let observer
  // Also links that carry an older id of this page: a visit may be recorded after they were filled.
  const fillLinks = (older) => {
    timer = 0
    const selector = `a[href*="clickid" i]${older ? `,a[href*="${older}"]` : ''}`
    for (const link of document.querySelectorAll(selector)) {
      const href = link.getAttribute('href')
      const filled = href.replace(PLACEHOLDER, current).replace(older || current, current)
      if (filled !== href) link.setAttribute('href', filled)
    }
  }
  const setId = (id) => {
    const older = current
    current = id
    if (!isPrivate) attempt(() => keepId(id))
    fillLinks(older)
    if (observer) return
    observer = new MutationObserver(() => {
      timer = timer || setTimeout(() => fillLinks(), 0)
    })
    const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ['href'] }
    observer.observe(document, watched)
  }

  const toParams = (fields) => {
    const params = new URLSearchParams()
    for (const [name, value] of Object.entries(fields)) {
      if (name === 'tokens')
        for (const [key, text] of Object.entries(value)) params.append(`token.${key}`, text)
      else if (value !== undefined && value !== null && value !== '') params.append(name, value)
    }
    return params
  }
  // A form needs no preflight, and keepalive lets it outlive the page.
  const send = async (path, fields) => {
    const request = { method: 'POST', body: toParams(fields), credentials: 'include', keepalive: true }
    const response = await fetch(`${host}/tp/${path}`, request)
    const answer = await response.json()
    if (!response.ok) report(answer.reason)
    return answer
  }
  const sendOfVisit = async (path, fields) => {
    if (current) await send(path, Object.assign({}, fields, { cid: current }))
    else report(`${path}: no click id is known`)
    return current
  }

  const commands = {
    clickid: () => current,
    async visit(fields) {
      const campaign = fields.campaign || setting('campaign')
      const isOrganic = fields.organic || !fields.campaign
      const isInternal = document.referrer.startsWith(`${location.origin}/`)
      // Who came by a tracking link is recorded already; who is known and came by no ad is no new visit.
      if (idOfPage() || (current && (isOrganic || isInternal))) return current
      const page = `${campaign} ${location.href.split('#')[0]}`
      const seen = attempt(() => JSON.parse(sessionStorage.getItem(VISITS_KEY))) || {}
      if (!isId(seen[page])) {
        const facts = { campaign, url: location.href, ref: document.referrer, organic: isOrganic ? 1 : '' }
        // Ids of the page's own advertising and measuring tags, which their systems ask for with a conversion.
        const tags = Object.fromEntries(TAG_COOKIES.map((name) => [name, cookie(name)]))
        seen[page] = (await send('visit', Object.assign({}, fields, facts, tags))).clickid
        if (!isId(seen[page])) return current
        attempt(() => sessionStorage.setItem(VISITS_KEY, JSON.stringify(seen)))
      }
      setId(seen[page])
      return current
    },
    view: (fields) => sendOfVisit('view', fields),
    update: (fields) => sendOfVisit('update', fields),
    conversion: (fields) =>
      new Promise((resolve, reject) => {
        const script = document.createElement('script')
        script.onload = () => resolve(current)
        script.onerror = () => reject(new Error('the conversion could not be sent'))
        script.src = `${host}/pixel.js?${toParams(Object.assign({}, fields, { fp: current }))}`
        document.head.appendChild(script)
      }),
    click(fields) {
      const url = `${host}/click${fields.offer ? `/${fields.offer}` : ''}?cid=${current}`
      if (fields.go !== false) location.href = url
      return url
    },
  }
  const LOCAL = ['clickid', 'click']

  // What comes after a visit waits for its click id.
  let ready = Promise.resolve()
  const trailpost = (name, ...rest) => {
    const fields = rest.find((each) => each && typeof each === 'object') || {}
    const listener = rest.find((each) => typeof each === 'function')
    const isSilent = isPrivate && !LOCAL.includes(name)
    const result = ready
      .then(() => (isSilent ? current : commands[name](fields)))
      .catch((problem) => {
        report(problem)
        return current
      })
    if (name === 'visit') ready = result
    if (listener) result.then(listener).catch(report)
    return result
  }
  trailpost.isLoaded = true
  window.trailpost = trailpost

  attempt(() => {
    const id = idOfPage() || (isPrivate ? '' : attempt(keptId))
    if (id) setId(id)
  })
  for (const call of stub.q || []) void trailpost(...call)
})()
