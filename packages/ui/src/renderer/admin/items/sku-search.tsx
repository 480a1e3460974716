// The search field above a list of the data.

import { useId } from 'react';
import { Input } from '../../shared/components/field.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import styles from './sku-search.module.css';

interface SkuSearchProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** As long as a SKU may be in the contract. */
const SKU_MAX_LENGTH = 64;

export function SkuSearch({ label, hint, value, onChange }: SkuSearchProps) {
  const id = useId();
  return (
    <span className={styles.search}>
      <label htmlFor={id} className="visually-hidden">
        {label}
      </label>
      <Icon name="search" className={styles.icon} />
      <Input
        id={id}
        type="search"
        className={styles.input}
        placeholder={hint}
        maxLength={SKU_MAX_LENGTH}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </span>
  );
}
