import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import { switchWorkspace, useMe, useSignOut } from '../session.ts'
import { texts } from '../texts.ts'
import { shellTexts } from '../texts-shell.ts'
import { AccountButton } from './account-button.tsx'
import { Icon } from './icon.tsx'

const words = shellTexts.account

function isScheme(text: string): text is MantineColorScheme {
  return Object.hasOwn(words.themes, text)
}

/** Everything about the person: account, workspace, appearance, shortcuts, signing out. */
export function AccountMenu({ onShortcuts }: { readonly onShortcuts: () => void }) {
  const { user, workspace, workspaces, isLooking } = useMe()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = useSignOut()
  return (
    <Menu defaultOpened width={212} position="top-start" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <AccountButton email={user.email} />
      </Menu.Target>
      <Menu.Dropdown>
        {workspaces.length > 1 && (
          <>
            <Menu.Label>{words.workspaces}</Menu.Label>
            <Menu.RadioGroup value={workspace.id} onChange={switchWorkspace}>
              {workspaces.map(({ id, name }) => (
                <Menu.RadioItem key={id} value={id}>
                  {name}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Divider />
          </>
        )}
        <Menu.Label>{words.theme}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => isScheme(scheme) && setColorScheme(scheme)}
        >
          {Object.entries(words.themes).map(([scheme, label]) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        {!isLooking && (
          <Menu.Item component="a" href="/settings/account" leftSection={<Icon name="affiliate" size={14} />}>
            {words.account}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Icon name="key" size={14} />} onClick={onShortcuts}>
          {words.shortcuts}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="out" size={14} />} onClick={() => signOut.mutate()}>
          {texts.signIn.out}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
