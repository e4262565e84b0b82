import { NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import { navigate } from '../router.tsx'
import { settingsNavTexts as words } from '../texts-settings.ts'
import classes from './settings-nav.module.css'

export type SettingsLink = { readonly href: string; readonly label: string }
export type SettingsGroup = { readonly label: string; readonly links: readonly SettingsLink[] }

type SettingsNavProps = {
  readonly groups: readonly SettingsGroup[]
  /** The part that is shown. */
  readonly current: string
  readonly children: ReactNode
}

/** The parts of the settings: beside what is shown, and on a small screen as one choice above it. */
export function SettingsNav({ groups, current, children }: SettingsNavProps) {
  return (
    <div className={classes.layout}>
      <nav aria-label={words.label} className={classes.side}>
        {groups.map(({ label, links }) => (
          <div key={label}>
            <p className={classes.label}>{label}</p>
            <ul className={classes.group}>
              {links.map(({ href, label: name }) => (
                <li key={href}>
                  <a
                    href={href}
                    className={classes.link}
                    aria-current={href === current ? 'page' : undefined}
                  >
                    {name}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <NativeSelect
        className={classes.choice}
        aria-label={words.choose}
        data={groups.map(({ label, links }) => ({
          group: label,
          items: links.map(({ href, label: name }) => ({ value: href, label: name })),
        }))}
        value={current}
        onChange={(event) => navigate(event.currentTarget.value)}
      />
      <div className={classes.content}>{children}</div>
    </div>
  )
}
