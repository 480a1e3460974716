// The words of the first run: four short steps, each of which can be skipped and found again later.

import { forms } from './forms.ts';

export const welcome = {
  title: 'Welcome to Masala',
  lead: 'The server runs already. Four short steps make it yours; everything can be changed later.',
  stepsLabel: 'Steps',
  step: (number: number, total: number) => `Step ${number} of ${total}`,
  done: 'done',
  steps: { name: 'Name', backups: 'Second drive', device: 'First device', closing: 'Closing' },
  next: 'Continue',
  back: 'Back',
  skip: 'Skip this step',
  skipAll: 'Skip the setup',
  name: {
    title: 'What is this server called?',
    text: 'People see this name on their PC when it looks for the server.',
    label: 'Server name',
    hint: 'Such as the name of the factory, or of the hall.',
    empty: 'Type a name, or skip this step.',
    tooLong: forms.tooLong,
    unfitting: forms.unfitting,
  },
  backups: {
    title: 'Where do the second copies go?',
    text: 'Backups are made automatically on this PC. A folder on another drive keeps copies of them, and of every single change, for the day on which this disk breaks.',
    label: 'Folder on a second drive',
    hint: 'From its root, such as E:\\Masala or /media/usb/masala. It must be there already.',
    empty: 'Name a folder, or skip this step.',
    useAnyway: 'Use it all the same',
    gone: 'The folder for the second copies cannot be used any more. Nothing was written.',
  },
  device: {
    title: 'Add the first device',
    text: 'Every PC joins once, by a code that is valid for five minutes.',
  },
  closing: {
    title: 'What happens when you close this window',
    text: 'The X only closes the window. The server runs on in the background, so that nobody is cut off by accident.',
    open: 'To see the dashboard again: the tray icon, “Open Dashboard”. Or start Masala once more.',
    exit: 'To stop the server: “Exit server”. It asks first when somebody is connected.',
    restart: 'Name and folder take effect with one short restart now. Devices come back by themselves.',
    finish: 'Go to the dashboard',
    finishWithRestart: 'Restart and go to the dashboard',
  },
} as const;
