// Adds a device: asks for its role, shows the join code large and as QR, and says when it was used.

import { type ReactNode, useId, useState } from 'react';
import type { DeviceRole } from '../../../bridge/doors.ts';
import { Button } from '../../shared/components/button.tsx';
import { CopyButton } from '../../shared/components/copy-button.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import styles from './join-device.module.css';
import { timeLeft } from './joining.ts';
import { QrCode } from './qr-code.tsx';
import { type Joining, useJoining } from './use-joining.ts';

const words = texts.devices.join;

/** What most PCs of a factory are. */
const USUAL_ROLE: DeviceRole = 'office';

const roles = Object.keys(texts.devices.roleMeanings) as (keyof typeof texts.devices.roleMeanings)[];

/** `done`: a button beside “Add another device”, for what comes after. */
export function JoinDevice({ done }: { readonly done?: ReactNode }) {
  const joining = useJoining();
  const [role, setRole] = useState<DeviceRole>(USUAL_ROLE);
  if (joining.joined !== undefined) return <Joined joining={joining} done={done} />;
  if (joining.shown !== undefined) return <CodeShown joining={joining} role={role} />;
  return (
    <form
      className={styles.choice}
      onSubmit={(event) => {
        event.preventDefault();
        joining.make(role);
      }}
    >
      <RoleChoice role={role} onChoose={setRole} />
      <div className={styles.buttons}>
        <Button type="submit" look="primary" icon="plus" isBusy={joining.isMaking}>
          {words.make}
        </Button>
      </div>
    </form>
  );
}

interface RoleChoiceProps {
  readonly role: DeviceRole;
  readonly onChoose: (role: DeviceRole) => void;
}

function RoleChoice({ role, onChoose }: RoleChoiceProps) {
  const id = useId();
  return (
    <fieldset className={styles.roles}>
      <legend className={styles.legend}>{words.roleLabel}</legend>
      {roles.map((each) => (
        <label key={each} className={styles.role} data-chosen={each === role || undefined}>
          <input
            type="radio"
            name={id}
            value={each}
            checked={each === role}
            className={styles.radio}
            aria-labelledby={`${id}-${each}`}
            aria-describedby={`${id}-${each}-meaning`}
            onChange={() => onChoose(each)}
          />
          <span className={styles.roleWords}>
            <span id={`${id}-${each}`} className={styles.roleName}>
              {texts.devices.roles[each]}
            </span>
            <span id={`${id}-${each}-meaning`} className={styles.roleMeaning}>
              {texts.devices.roleMeanings[each]}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function CodeShown({ joining, role }: { readonly joining: Joining; readonly role: DeviceRole }) {
  const now = useNow();
  const { shown, isMaking, make } = joining;
  if (shown === undefined) return null;
  const { code, expiresAt } = shown;
  if (now >= expiresAt) {
    return (
      <div className={styles.expired}>
        <p role="alert">{words.expired}</p>
        <Button look="primary" icon="refresh" isBusy={isMaking} onClick={() => make(role)}>
          {words.another}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.shown}>
      <QrCode text={code} label={words.qrLabel} />
      <div className={styles.codeWords}>
        <p className={styles.instruction}>{words.instruction}</p>
        <p>
          <code className={styles.command}>{words.command(code)}</code>
        </p>
        <p className={styles.code}>
          <span className="visually-hidden">{words.codeLabel}: </span>
          <output data-testid="join-code">{code}</output>
        </p>
        <div className={styles.buttons}>
          <CopyButton text={code}>{words.copy}</CopyButton>
          <Button look="quiet" icon="refresh" isBusy={isMaking} onClick={() => make(role)}>
            {words.another}
          </Button>
        </div>
        <p className={styles.waiting}>
          <span className={styles.pulse} aria-hidden="true" />
          <span role="status">{words.waiting}</span>
          <span className={styles.clock}>
            <Icon name="clock" />
            {words.validFor(timeLeft(expiresAt, now))}
          </span>
        </p>
      </div>
    </div>
  );
}

function Joined({ joining, done }: { readonly joining: Joining; readonly done: ReactNode }) {
  const { joined, again } = joining;
  if (joined === undefined) return null;
  return (
    <div className={styles.joined}>
      <span className={styles.joinedIcon}>
        <Icon name="check" />
      </span>
      <div role="status">
        <p className={styles.joinedTitle}>{words.joined(joined.name)}</p>
        <p className={styles.roleMeaning}>
          {words.joinedHint(texts.devices.roles[joined.role] ?? joined.role)}
        </p>
      </div>
      <div className={styles.buttons}>
        <Button icon="plus" onClick={again}>
          {words.addAnother}
        </Button>
        {done}
      </div>
    </div>
  );
}
