// Backs up into a folder that is named now, such as one on a USB drive.

import { supervisorControl } from '@masala/protocol/control-schemas';
import { useId } from 'react';
import { Button } from '../../shared/components/button.tsx';
import { Dialog } from '../../shared/components/dialog.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { FolderFinding } from '../../shared/components/folder-finding.tsx';
import { texts } from '../../shared/texts.ts';
import { schemaProblem, useContractForm } from '../../shared/use-contract-form.ts';
import { useFolderCheck } from '../../shared/use-folder-check.ts';
import styles from './folder-dialog.module.css';
import type { BackupWork } from './use-backup-work.ts';

const words = texts.backups.folder;
const folderSchema = supervisorControl.methods['backup.checkFolder'].params.properties.folder;
const EMPTY = { folder: '' };

interface FolderDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly work: BackupWork;
}

export function FolderDialog({ open, onOpenChange, work }: FolderDialogProps) {
  const formId = useId();
  const form = useContractForm({
    values: EMPTY,
    judge: ({ folder }) => ({
      folder: schemaProblem(folderSchema, folder.trim(), { missing: words.empty }),
    }),
    onSubmit: async ({ folder }) => {
      // The folder is looked at again where the backup is made: what it says of it then is told by a toast.
      if (await work.backUp(folder.trim())) onOpenChange(false);
    },
  });
  const check = useFolderCheck(open ? form.hook.watch('folder') : '');
  const problem = form.problem('folder') ?? check.problem;
  const isGood = problem === undefined;
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
            type="submit"
            form={formId}
            look="primary"
            isBusy={work.isBackingUp || form.hook.formState.isSubmitting}
          >
            {isGood && check.found?.sameDisk === true ? words.makeAnyway : words.make}
          </Button>
        </>
      }
    >
      <form id={formId} className={styles.form} {...form.props}>
        <Field label={words.label} hint={words.hint} error={problem}>
          <Input {...form.field('folder')} autoComplete="off" spellCheck={false} />
        </Field>
        <FolderFinding check={check} isGood={isGood} />
      </form>
    </Dialog>
  );
}
