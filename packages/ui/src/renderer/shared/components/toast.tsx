// A short word that something is done, or why it failed. Failures stay until they are put away.

import { createContext, type ReactNode, use, useCallback, useEffect, useRef, useState } from 'react';
import { Banner, type BannerTone } from './banner.tsx';
import styles from './toast.module.css';
import { ToldText } from './told-text.tsx';

export interface Toast {
  readonly tone: BannerTone;
  readonly title: string;
  readonly text?: string;
}

interface ToastShown extends Toast {
  readonly id: number;
}

/** Long enough to read two lines without haste; whoever reads slower loses nothing, the page shows the result too. */
const GOOD_NEWS_MS = 6_000;
/** More would hide the page. */
const TOASTS_MAX = 4;

const ToastContext = createContext<((toast: Toast) => void) | null>(null);

export function useToast(): (toast: Toast) => void {
  const show = use(ToastContext);
  if (show === null) throw new Error('A component that shows a toast stands outside of ToastProvider.');
  return show;
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly ToastShown[]>([]);
  const timers = useRef(new Map<number, number>());
  const nextId = useRef(0);

  const dismiss = useCallback((id: number) => {
    window.clearTimeout(timers.current.get(id));
    timers.current.delete(id);
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);

  const show = useCallback(
    (toast: Toast) => {
      const id = nextId.current++;
      setToasts((shown) => [...shown, { ...toast, id }].slice(-TOASTS_MAX));
      if (toast.tone === 'good' || toast.tone === 'info') {
        timers.current.set(
          id,
          window.setTimeout(() => dismiss(id), GOOD_NEWS_MS),
        );
      }
    },
    [dismiss],
  );

  useEffect(() => {
    const running = timers.current;
    return () => {
      for (const timer of running.values()) window.clearTimeout(timer);
      running.clear();
    };
  }, []);

  return (
    <ToastContext value={show}>
      {children}
      <div className={styles.region} role="status" aria-live="polite" aria-atomic="false">
        {toasts.map((toast) => (
          <div key={toast.id} className={styles.toast}>
            <Banner tone={toast.tone} title={toast.title} onDismiss={() => dismiss(toast.id)}>
              {toast.text !== undefined && <ToldText text={toast.text} />}
            </Banner>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}
