// Where an address leads nowhere: says so, and what there is instead.

import { Link, useLocation } from 'wouter';
import { Card } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';
import styles from './not-found.module.css';
import { pages } from './pages.ts';

const words = texts.shell.notFound;

export function NotFound() {
  const [location] = useLocation();
  return (
    <>
      <PageHeader title={words.title} note={words.hint(location)} />
      <Card title={words.pages}>
        <ul className={styles.pages}>
          {pages.map((page) => (
            <li key={page.path}>
              <Link href={page.path} className={styles.page}>
                <Icon name={page.icon} />
                {page.name}
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}
