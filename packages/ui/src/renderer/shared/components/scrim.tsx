// What lies between the page and a dialogue or a drawer: it dims the page, and by base.css holds it still.
//
// Our own element and not Radix' overlay: that one writes a style element to lock the page's scrolling, which the policy
// `style-src 'self'` refuses.

import styles from './scrim.module.css';

export function Scrim() {
  return <div className={styles.scrim} data-scrim="" />;
}
