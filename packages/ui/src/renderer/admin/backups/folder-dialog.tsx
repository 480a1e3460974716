// Backs up into a folder that is named now, such as one on a USB drive.

import { useState } from 'react';
import { Banner } from '../../shared/components/banner.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Dialog } from '../../shared/components/dialog.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import styles from './folder-dialog.module.css';
import type { BackupWork } from './use-backup-work.ts';
import { type FolderCheck, useFolderCheck } from './use-folder-check.ts';

const words = texts.backups.folder;

interface FolderDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly work: BackupWork;
}

export function FolderDialog({ open, onOpenChange, work }: FolderDialogProps) {
  const [folder, setFolder] = useState('');
  const check = useFolderCheck(open ? folder : '');
  const isUsable = check.found !== undefined && check.problem === undefined;
  const backUp = async () => {
    if (isUsable && (await work.backUp(check.found.folder))) onOpenChange(false);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={words.title}
      description={words.description}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{texts.everywhere.cancel}</Button>
          <Button
            look="primary"
            disabled={!isUsable}
            isBusy={work.running === 'backup'}
            onClick={() => void backUp()}
          >
            {words.make}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void backUp();
        }}
      >
        <Field label={words.label} hint={words.hint} error={check.problem}>
          <Input
            autoComplete="off"
            spellCheck={false}
            value={folder}
            onChange={(event) => setFolder(event.target.value)}
          />
        </Field>
        <Finding check={check} />
      </form>
    </Dialog>
  );
}

function Finding({ check }: { readonly check: FolderCheck }) {
  const { found, isLooking, problem } = check;
  return (
    <div role="status">
      {isLooking && <p className={styles.looking}>{words.checking}</p>}
      {found !== undefined && problem === undefined && (
        <Banner
          tone={found.sameDisk ? 'warn' : 'good'}
          title={words.good(found.freeBytes === null ? null : formats.bytes(found.freeBytes))}
        >
          {found.sameDisk ? words.sameDisk : undefined}
        </Banner>
      )}
    </div>
  );
}
