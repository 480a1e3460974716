// Adds a device: asks for its role, shows the join code large and as QR, and says when it was used.

import { supervisorControl } from '@masala/protocol/control-schemas';
import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react';
import type { DeviceInfo, DeviceRole, DoorResult } from '../../../bridge/doors.ts';
import { useAct, useDoor } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { CopyButton } from '../../shared/components/copy-button.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { texts } from '../../shared/texts.ts';
import { type ContractForm, schemaProblem, useContractForm } from '../../shared/use-contract-form.ts';
import { useNow } from '../../shared/use-now.ts';
import styles from './join-device.module.css';
import { outcomeOf, timeLeft } from './joining.ts';
import { QrCode } from './qr-code.tsx';

const words = texts.devices.join;
const roleSchema = supervisorControl.methods.pair.params.properties.role;

/** What most PCs of a factory are. */
const USUAL_ROLE: DeviceRole = 'office';

/** Someone stands beside the new device and looks at both screens. */
const LOOK_EVERY_MS = 1_000;

type Offer = DoorResult<'control:pair'>;

interface JoinDeviceProps {
  /** A button beside “Add another device”, for what comes after. */
  readonly done?: ReactNode;
  readonly onJoined?: () => void;
}

export function JoinDevice({ done, onJoined }: JoinDeviceProps) {
  const pair = useAct('control:pair');
  const [offer, setOffer] = useState<Offer>();
  const [joined, setJoined] = useState<DeviceInfo>();
  const form = useContractForm<RoleFields>({
    values: { role: USUAL_ROLE },
    judge: ({ role }) => ({ role: schemaProblem(roleSchema, role) }),
    onSubmit: async ({ role }) => {
      const made = await pair.run({ role });
      if (made !== undefined) setOffer(made);
    },
  });
  const tellJoined = useCallback(
    (device: DeviceInfo) => {
      setJoined(device);
      onJoined?.();
    },
    [onJoined],
  );
  const again = () => {
    setOffer(undefined);
    setJoined(undefined);
  };
  if (joined !== undefined) return <Joined device={joined} onAgain={again} done={done} />;
  if (offer === undefined) return <RoleForm form={form} isMaking={pair.isRunning} />;
  return (
    // Each code is watched by itself: what was heard before it was made says nothing about it.
    <CodeShown
      key={offer.offerId}
      offer={offer}
      isMaking={pair.isRunning}
      onJoined={tellJoined}
      onAnother={() => form.props.onSubmit()}
    />
  );
}

interface RoleFields {
  readonly role: DeviceRole;
}

interface RoleFormProps {
  readonly form: ContractForm<RoleFields>;
  readonly isMaking: boolean;
}

function RoleForm({ form, isMaking }: RoleFormProps) {
  const id = useId();
  const chosen = form.hook.watch('role');
  const problem = form.problem('role');
  return (
    <form className={styles.choice} {...form.props}>
      <fieldset className={styles.roles}>
        <legend className={styles.legend}>{words.roleLabel}</legend>
        {roleSchema.enum.map((each) => (
          <label key={each} className={styles.role} data-chosen={each === chosen || undefined}>
            <input
              {...form.field('role')}
              type="radio"
              value={each}
              className={styles.radio}
              aria-labelledby={`${id}-${each}`}
              aria-describedby={`${id}-${each}-meaning`}
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
        {problem !== undefined && <p role="alert">{problem}</p>}
      </fieldset>
      <div className={styles.buttons}>
        <Button type="submit" look="primary" icon="plus" isBusy={isMaking}>
          {words.make}
        </Button>
      </div>
    </form>
  );
}

interface CodeShownProps {
  readonly offer: Offer;
  readonly isMaking: boolean;
  readonly onJoined: (device: DeviceInfo) => void;
  readonly onAnother: () => void;
}

function CodeShown({ offer, isMaking, onJoined, onAnother }: CodeShownProps) {
  const now = useNow();
  const [isOver, setOver] = useState(false);
  const { data } = useDoor('control:devices.list', isOver ? null : {}, { everyMs: LOOK_EVERY_MS });
  const outcome = outcomeOf(offer, data, now);
  useEffect(() => {
    if (outcome === 'over') setOver(true);
    else if (outcome !== 'waiting') onJoined(outcome);
  }, [outcome, onJoined]);
  if (isOver || now >= offer.expiresAt) {
    return (
      <Arrival key="over" className={styles.expired}>
        <p role="alert">{words.expired}</p>
        <Button look="primary" icon="refresh" isBusy={isMaking} onClick={onAnother}>
          {words.another}
        </Button>
      </Arrival>
    );
  }
  const { code, expiresAt } = offer;
  return (
    <Arrival key="open" className={styles.shown}>
      <QrCode text={code} label={words.qrLabel} />
      <div className={styles.codeWords}>
        <p className={styles.instruction}>{words.instruction}</p>
        <p className={styles.code}>
          <span className="visually-hidden">{words.codeLabel}: </span>
          <output data-testid="join-code">{code}</output>
        </p>
        <div className={styles.buttons}>
          <CopyButton text={code}>{words.copy}</CopyButton>
          <Button look="quiet" icon="refresh" isBusy={isMaking} onClick={onAnother}>
            {words.another}
          </Button>
        </div>
        <p className={styles.instruction}>
          {words.onCommandLine} <code className={styles.command}>{words.command(code)}</code>
        </p>
        <p className={styles.waiting}>
          <span className={styles.pulse} aria-hidden="true" />
          <span role="status">{words.waiting}</span>
          <span className={styles.clock}>
            <Icon name="clock" />
            {words.validFor(timeLeft(expiresAt, now))}
          </span>
        </p>
      </div>
    </Arrival>
  );
}

interface JoinedProps {
  readonly device: DeviceInfo;
  readonly onAgain: () => void;
  readonly done: ReactNode;
}

function Joined({ device, onAgain, done }: JoinedProps) {
  return (
    <Arrival className={styles.joined}>
      <span className={styles.joinedIcon}>
        <Icon name="check" />
      </span>
      <div role="status">
        <p className={styles.joinedTitle}>{words.joined(device.name)}</p>
        <p className={styles.roleMeaning}>
          {words.joinedHint(texts.devices.roles[device.role] ?? device.role)}
        </p>
      </div>
      <div className={styles.buttons}>
        <Button icon="plus" onClick={onAgain}>
          {words.addAnother}
        </Button>
        {done}
      </div>
    </Arrival>
  );
}

/** What takes the place of a button that was pressed: the focus goes on from here, instead of from the top of the page. */
function Arrival({ className, children }: { readonly className?: string; readonly children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Whoever is elsewhere stays there.
    if (document.activeElement === document.body) frame.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={frame} tabIndex={-1} className={className}>
      {children}
    </div>
  );
}
