// The second step: the folder on another drive, looked at before it is taken.

import { useState } from 'react';
import { Banner } from '../../shared/components/banner.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { type FolderCheck, useFolderCheck } from '../backups/use-folder-check.ts';
import { StepFrame } from './step-frame.tsx';

const words = texts.welcome;

interface BackupsStepProps {
  readonly folder: string;
  readonly onBack: (() => void) | undefined;
  /** With an empty folder where the step was skipped. */
  readonly onNext: (folder: string) => void;
}

export function BackupsStep({ folder, onBack, onNext }: BackupsStepProps) {
  const [written, setWritten] = useState(folder);
  const [isPressed, setPressed] = useState(false);
  const check = useFolderCheck(written);
  const problem = check.problem ?? (isPressed && written.trim() === '' ? words.backups.empty : undefined);
  const goOn = () => {
    setPressed(true);
    if (check.found !== undefined && check.problem === undefined) onNext(check.found.folder);
  };
  return (
    <StepFrame
      title={words.backups.title}
      text={words.backups.text}
      onBack={onBack}
      onSkip={() => onNext('')}
      onSubmit={goOn}
      next={
        <Button type="submit" look="primary" isBusy={check.isLooking}>
          {check.found?.sameDisk === true ? words.backups.useAnyway : words.next}
        </Button>
      }
    >
      <Field label={words.backups.label} hint={words.backups.hint} error={problem}>
        <Input
          autoComplete="off"
          spellCheck={false}
          value={written}
          onChange={(event) => {
            setPressed(false);
            setWritten(event.target.value);
          }}
        />
      </Field>
      <Finding check={check} />
    </StepFrame>
  );
}

function Finding({ check: { found, isLooking, problem } }: { readonly check: FolderCheck }) {
  return (
    <div role="status">
      {isLooking && <p>{words.backups.checking}</p>}
      {found !== undefined && problem === undefined && !found.sameDisk && (
        <Banner
          tone="good"
          title={words.backups.good(found.freeBytes === null ? null : formats.bytes(found.freeBytes))}
        />
      )}
      {found !== undefined && problem === undefined && found.sameDisk && (
        <Banner tone="warn" title={words.backups.sameDisk}>
          {words.backups.sameDiskHint}
        </Banner>
      )}
    </div>
  );
}
