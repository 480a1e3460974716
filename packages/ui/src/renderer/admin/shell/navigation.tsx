// The way between the pages.

import { Link, useLocation } from 'wouter';
import { Icon } from '../../shared/components/icon.tsx';
import { texts } from '../../shared/texts.ts';
import styles from './navigation.module.css';
import { pages } from './pages.ts';

const groups = Object.entries(texts.shell.groups);

export function Navigation() {
  const [location] = useLocation();
  return (
    <nav className={styles.navigation} aria-label={texts.shell.navigation}>
      {groups.map(([group, name]) => (
        <div key={group} className={styles.group}>
          <p className={styles.groupName} id={`pages-${group}`}>
            {name}
          </p>
          <ul aria-labelledby={`pages-${group}`}>
            {pages
              .filter((page) => page.group === group)
              .map((page) => (
                <li key={page.path}>
                  <Link
                    href={page.path}
                    className={styles.link}
                    aria-current={location === page.path ? 'page' : undefined}
                  >
                    <Icon name={page.icon} />
                    {page.name}
                  </Link>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
