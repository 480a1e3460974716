// The second step: the folder on another drive, looked at before it is taken.

import { supervisorControl } from '@masala/protocol/control-schemas';
import { useState } from 'react';
import { ask, bridgeErrorOf } from '../../shared/ask.ts';
import { useBridge } from '../../shared/bridge-context.tsx';
import { Banner } from '../../shared/components/banner.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { FolderFinding } from '../../shared/components/folder-finding.tsx';
import { texts } from '../../shared/texts.ts';
import { schemaProblem, useContractForm } from '../../shared/use-contract-form.ts';
import { useFolderCheck } from '../../shared/use-folder-check.ts';
import { StepFrame } from './step-frame.tsx';

const words = texts.welcome;
const folderSchema = supervisorControl.methods['backup.checkFolder'].params.properties.folder;

interface BackupsStepProps {
  /** What its field begins with. */
  readonly written: string;
  readonly onType: (text: string) => void;
  /** It was there when it was chosen, and was not at the end. */
  readonly isGone: boolean;
  readonly onBack: () => void;
  /** With an empty folder where the step was skipped. */
  readonly onNext: (folder: string) => void;
}

export function BackupsStep({ written, isGone, onType, onBack, onNext }: BackupsStepProps) {
  // A form that is given what is typed into it would begin anew with every key.
  const [folder] = useState(written);
  const bridge = useBridge();
  const form = useContractForm({
    values: { folder },
    judge: (fields) => ({
      folder: schemaProblem(folderSchema, fields.folder.trim(), { missing: words.backups.empty }),
    }),
    onSubmit: async (fields, refuse) => {
      try {
        // As it is at this moment: what was found while typing may be over.
        const found = await ask(bridge, 'control:backup.checkFolder', { folder: fields.folder.trim() });
        if (found.problem !== null) return refuse({ folder: found.problem });
        // Whoever was not warned yet reads the warning first.
        if (!found.sameDisk || isWarned) onNext(found.folder);
      } catch (thrown) {
        refuse({ folder: bridgeErrorOf(thrown).message });
      }
    },
  });
  const check = useFolderCheck(form.hook.watch('folder'));
  const problem = form.problem('folder') ?? check.problem;
  const isWarned = problem === undefined && check.found?.sameDisk === true;
  return (
    <StepFrame
      title={words.backups.title}
      text={words.backups.text}
      onBack={onBack}
      onSkip={() => onNext('')}
      form={form.props}
      next={
        <Button type="submit" look="primary" isBusy={form.hook.formState.isSubmitting}>
          {isWarned ? words.backups.useAnyway : words.next}
        </Button>
      }
    >
      {isGone && (
        <div role="alert">
          <Banner tone="bad" title={words.backups.gone} />
        </div>
      )}
      <Field label={words.backups.label} hint={words.backups.hint} error={problem}>
        <Input
          {...form.field('folder', { onChange: (event) => onType(event.target.value) })}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <FolderFinding check={check} isGood={problem === undefined} />
    </StepFrame>
  );
}
