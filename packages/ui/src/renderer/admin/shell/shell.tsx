// What stands around every page: navigation, the server's name and state, the menu, banners, and the place of the page.

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useLastStatus } from '../../shared/bridge-context.tsx';
import { IconButton } from '../../shared/components/button.tsx';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../../shared/components/menu.tsx';
import { texts } from '../../shared/texts.ts';
import { chooseTheme, useTheme } from '../../shared/theme.ts';
import { BannerList } from './banner-list.tsx';
import { ConditionPill } from './condition-pill.tsx';
import { Navigation } from './navigation.tsx';
import styles from './shell.module.css';
import { Shortcuts } from './shortcuts.tsx';

const SIDEBAR = 'pages';

interface ShellProps {
  /** False while the page is a dialogue of its own: there is nowhere else to go. */
  readonly hasNavigation: boolean;
  readonly children: ReactNode;
}

export function Shell({ hasNavigation, children }: ShellProps) {
  const [location, goTo] = useLocation();
  const [isListOpen, setListOpen] = useState(false);
  const [isNavigationOpen, setNavigationOpen] = useState(false);
  const content = useRef<HTMLElement>(null);
  const navigationButton = useRef<HTMLButtonElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of the location that counts.
  useEffect(() => {
    setNavigationOpen(false);
    window.scrollTo(0, 0);
  }, [location]);

  return (
    <div className={styles.shell} data-navigation={hasNavigation || undefined}>
      {/* biome-ignore lint/a11y/useValidAnchor: it goes to a place on this page, but the hash belongs to the router. */}
      <a
        className={styles.skip}
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          content.current?.focus();
        }}
      >
        {texts.shell.skipToContent}
      </a>
      <header className={styles.header}>
        {hasNavigation && (
          <IconButton
            ref={navigationButton}
            icon="menu"
            label={texts.shell.openNavigation}
            className={styles.navigationButton}
            aria-expanded={isNavigationOpen}
            aria-controls={SIDEBAR}
            onClick={() => setNavigationOpen(!isNavigationOpen)}
          />
        )}
        <Brand />
        <div className={styles.tools}>
          <ConditionPill />
          <IconButton
            icon="help"
            label={texts.shell.shortcutsButton}
            aria-haspopup="dialog"
            aria-keyshortcuts="?"
            onClick={() => setListOpen(true)}
          />
          <MoreMenu onExit={() => goTo('/exit')} />
        </div>
      </header>
      {hasNavigation && (
        // biome-ignore lint/a11y/noStaticElementInteractions: it only closes what a button has opened.
        <div
          id={SIDEBAR}
          className={styles.sidebar}
          data-open={isNavigationOpen || undefined}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || !isNavigationOpen) return;
            setNavigationOpen(false);
            navigationButton.current?.focus();
          }}
        >
          <Navigation />
        </div>
      )}
      <main ref={content} id="content" className={styles.content} tabIndex={-1}>
        <BannerList />
        {children}
      </main>
      <Shortcuts isListOpen={isListOpen} onListOpenChange={setListOpen} onGo={goTo} />
    </div>
  );
}

function Brand() {
  const { status } = useLastStatus();
  return (
    <div className={styles.brand}>
      <svg className={styles.logo} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="8" className={styles.logoGround} />
        <path d="M8 22.5V10.2l8 7.2 8-7.2v12.3" className={styles.logoLine} />
        <circle cx="16" cy="8.2" r="2.2" className={styles.logoSeed} />
      </svg>
      <div className={styles.names}>
        <span className={styles.product}>{texts.shell.product}</span>
        <span className={styles.server}>{status?.name}</span>
      </div>
    </div>
  );
}

function MoreMenu({ onExit }: { readonly onExit: () => void }) {
  const theme = useTheme();
  const { themes } = texts.shell;
  return (
    <Menu trigger={<IconButton icon="more" label={texts.shell.moreMenu} />}>
      <MenuChoice
        label={texts.shell.appearance}
        value={theme}
        onChoose={chooseTheme}
        choices={[
          { value: 'system', label: themes.system, icon: 'system' },
          { value: 'light', label: themes.light, icon: 'sun' },
          { value: 'dark', label: themes.dark, icon: 'moon' },
        ]}
      />
      <MenuLine />
      <MenuItem icon="power" danger onSelect={onExit}>
        {texts.shell.exit}
      </MenuItem>
    </Menu>
  );
}
