import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What WCAG 2.2 AA asks for, as far as a program can judge it. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

type Finding = {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly html: string; readonly why: string }[]
}

/** Runs in the page; a text, because tests are typed without a DOM. Waits until nothing fades in or out any more. */
const run = (only: object) => `(async () => {
  await Promise.all(document.getAnimations().filter(isFinite).map((each) => each.finished.catch(() => undefined)))
  const { violations } = await axe.run(document, {
    runOnly: ${JSON.stringify(only)},
    resultTypes: ['violations'],
  })
  return violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ html, any, all, none }) => ({
      html: html.slice(0, 200),
      why: [...any, ...all, ...none].map(({ message }) => message).join('; '),
    })),
  }))

  function isFinite(animation) {
    return animation.effect?.getComputedTiming().endTime !== Infinity
  }
})()`

/**
 * What axe objects to in the page as it stands now, a line for each element: "rule: what is wanted. Why. The element".
 * Empty when there is nothing.
 */
export async function findA11yProblems(page: Page): Promise<readonly string[]> {
  return await judge(page, { type: 'tag', values: TAGS })
}

/** Of these, the texts that are too pale: all that another colour scheme of the same page can change. */
export async function findPaleTexts(page: Page): Promise<readonly string[]> {
  return await judge(page, { type: 'rule', values: ['color-contrast'] })
}

async function judge(page: Page, only: object): Promise<readonly string[]> {
  // The content security policy forbids a script element, not what the debugger evaluates.
  if (!(await page.evaluate<boolean>(`'axe' in globalThis`))) await page.evaluate(axe.source)
  const findings = await page.evaluate<readonly Finding[]>(run(only))
  return findings.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, why }) => `${id}: ${help}. ${why}. ${html}`),
  )
}
