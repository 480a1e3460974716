// The page as a whole: which page stands at which route, and the recovery dialogue instead of all of them when the server waits for it.

import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { Route, Router, Switch, useLocation } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import type { Bridge, DeskLinks } from '../bridge/bridge.ts';
import { NotFound } from './admin/shell/not-found.tsx';
import { Shell } from './admin/shell/shell.tsx';
import { FirstRun } from './admin/welcome/first-run.tsx';
import styles from './app.module.css';
import { BridgeProvider, useLastStatus, useLinks } from './shared/bridge-context.tsx';
import { Banner } from './shared/components/banner.tsx';
import { Button } from './shared/components/button.tsx';
import { useWindowTitle } from './shared/components/page-header.tsx';
import { SkeletonLines } from './shared/components/skeleton.tsx';
import { ToastProvider } from './shared/components/toast.tsx';
import { texts } from './shared/texts.ts';

/** Asked for at once, and not when the app is drawn: it is the page that a click on the dashboard leads to. */
const dashboardPage = import('./admin/dashboard/dashboard-page.tsx');

const routes: readonly { readonly path: string; readonly Page: ComponentType }[] = [
  {
    path: '/',
    Page: lazy(async () => ({ default: (await dashboardPage).DashboardPage })),
  },
  {
    path: '/stock',
    Page: lazy(async () => ({ default: (await import('./admin/stock/stock-page.tsx')).StockPage })),
  },
  {
    path: '/items',
    Page: lazy(async () => ({ default: (await import('./admin/items/items-page.tsx')).ItemsPage })),
  },
  {
    path: '/devices',
    Page: lazy(async () => ({ default: (await import('./admin/devices/devices-page.tsx')).DevicesPage })),
  },
  {
    path: '/backups',
    Page: lazy(async () => ({ default: (await import('./admin/backups/backups-page.tsx')).BackupsPage })),
  },
  {
    path: '/settings',
    Page: lazy(async () => ({ default: (await import('./admin/settings/settings-page.tsx')).SettingsPage })),
  },
  {
    path: '/logs',
    Page: lazy(async () => ({ default: (await import('./admin/logs/logs-page.tsx')).LogsPage })),
  },
  {
    path: '/exit',
    Page: lazy(async () => ({ default: (await import('./admin/exit/exit-page.tsx')).ExitPage })),
  },
  {
    path: '/welcome',
    Page: lazy(async () => ({ default: (await import('./admin/welcome/welcome-page.tsx')).WelcomePage })),
  },
];

const RecoveryPage = lazy(async () => ({
  default: (await import('./admin/recovery/recovery-page.tsx')).RecoveryPage,
}));

export function App({ bridge }: { readonly bridge: Bridge }) {
  return (
    <Router hook={useHashLocation}>
      <ToastProvider>
        <BridgeProvider bridge={bridge} waiting={<Waiting />}>
          <FirstRun />
          <Pages />
        </BridgeProvider>
      </ToastProvider>
    </Router>
  );
}

function Pages() {
  const [location] = useLocation();
  const { shutOut } = useLinks();
  const { status } = useLastStatus();
  // The last that was heard: the dialogue does not vanish because the supervisor is silent for a moment. Exit stays reachable.
  const isInRecovery = status?.recovery != null && location !== '/exit';
  if (shutOut !== undefined) return <ShutOut reason={shutOut} />;
  return (
    <Shell hasNavigation={!isInRecovery && location !== '/welcome'}>
      <PageFence key={isInRecovery ? 'recovery' : location}>
        <Suspense fallback={<PageSkeleton />}>
          {isInRecovery ? (
            <RecoveryPage />
          ) : (
            <Switch>
              {routes.map(({ path, Page }) => (
                <Route key={path} path={path} component={Page} />
              ))}
              <Route component={NotFound} />
            </Switch>
          )}
        </Suspense>
      </PageFence>
    </Shell>
  );
}

function Waiting() {
  return (
    <main className={styles.waiting} aria-busy="true">
      <h1 className={styles.waitingTitle}>{texts.shell.product}</h1>
      <p role="status">{texts.shell.connecting}</p>
    </main>
  );
}

/** The server may be well: what ended is this page's leave to look at it. */
function ShutOut({ reason }: { readonly reason: NonNullable<DeskLinks['shutOut']> }) {
  const words = texts.shell.shutOut[reason];
  useWindowTitle(words.title);
  return (
    <main className={styles.waiting}>
      <h1 className={styles.waitingTitle}>{words.title}</h1>
      <p role="status">{words.hint}</p>
    </main>
  );
}

function PageSkeleton() {
  return (
    <div aria-busy="true">
      <span className="visually-hidden">{texts.everywhere.loading}</span>
      <SkeletonLines lines={4} />
    </div>
  );
}

/** A page that throws takes only itself away: navigation and banners stay. */
class PageFence extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Banner
        tone="bad"
        title={texts.shell.pageFailed}
        action={
          <Button compact icon="refresh" onClick={() => window.location.reload()}>
            {texts.everywhere.reload}
          </Button>
        }
      >
        {texts.shell.pageFailedHint}
      </Banner>
    );
  }
}
