// A text as a QR code, in one path.

import { useMemo } from 'react';
import { encode } from 'uqr';
import styles from './qr-code.module.css';

/** The quiet zone that scanners ask for, in modules. */
const BORDER = 4;

export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => {
    // Medium correction: read from a screen, with reflections on it.
    const code = encode(text, { ecc: 'M', border: BORDER });
    const dark = code.data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')));
    return { size: code.size, path: dark.join('') };
  }, [text]);
  return (
    <svg className={styles.code} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect width={size} height={size} className={styles.paper} />
      <path d={path} className={styles.ink} shapeRendering="crispEdges" />
    </svg>
  );
}
