// The plural forms of the page's catalogue: those of the tray, the notifications and the terminal.

export { CATALOGUE_LANGUAGE, plural } from '@masala/protocol/tables';
