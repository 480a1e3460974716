// The icons: drawn on one 24 px grid with one stroke, always decoration beside a text or a label.

const paths = {
  dashboard: 'M4 13h6V4H4zM14 20h6V11h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  stock: 'M3.5 8.2 12 4l8.5 4.2v8L12 20.4l-8.5-4.2zM3.5 8.2l8.5 4.2 8.5-4.2M12 12.4v8M7.7 6.1l8.6 4.3',
  items: 'M4 4h7.2L20 12.8 12.8 20 4 11.2zM8.2 8.2h.01',
  devices: 'M3.5 5h12v9h-12zM7 18h5M9.5 14v4M17.5 9.5h3.5v9h-5v-4.5',
  backups:
    'M4 6.5C4 5 7.6 4 12 4s8 1 8 2.5S16.4 9 12 9 4 8 4 6.5zM4 6.5v11C4 19 7.6 20 12 20s8-1 8-2.5v-11M4 12c0 1.5 3.6 2.5 8 2.5s8-1 8-2.5',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8v4.4M9 14.8v4.4',
  logs: 'M5 3.5h10l4 4v13H5zM8.5 11h7M8.5 14.5h7M8.5 7.5h3',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M12 5.5h.01M12 12h.01M12 18.5h.01',
  help: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM9.6 9.6a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1.1.9-1.1 1.7M12 16.6h.01',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.8v2M12 19.2v2M2.8 12h2M19.2 12h2M5.5 5.5l1.4 1.4M17.1 17.1l1.4 1.4M5.5 18.5l1.4-1.4M17.1 6.9l1.4-1.4',
  moon: 'M19.8 14.2A8 8 0 0 1 9.8 4.2a8 8 0 1 0 10 10z',
  system: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  power: 'M12 3.5v8M7 6.5a7.5 7.5 0 1 0 10 0',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  checkCircle: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM8.2 12.3l2.6 2.6 5-5.2',
  warning: 'M12 4 2.8 19.5h18.4zM12 10v4.2M12 16.9h.01',
  error: 'M8.4 3.5h7.2l4.9 4.9v7.2l-4.9 4.9H8.4l-4.9-4.9V8.4zM12 8v5M12 16h.01',
  info: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5M12 8h.01',
  close: 'm6 6 12 12M18 6 6 18',
  chevronDown: 'm6 9.5 6 6 6-6',
  chevronRight: 'm9.5 6 6 6-6 6',
  chevronUp: 'm6 14.5 6-6 6 6',
  sort: 'm8 9.5 4-4 4 4M8 14.5l4 4 4-4',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20 20',
  plus: 'M12 5v14M5 12h14',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15',
  restore: 'M4.5 12a7.5 7.5 0 1 0 2.2-5.3L4.5 9M4.5 4.5V9H9M12 8v4.4l3 1.8',
  copy: 'M9 9h11v11H9zM5.5 15H4V4h11v1.5',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 20h15',
  trash: 'M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10.3 10.8v5.4M13.7 10.8v5.4',
  edit: 'M5 19h3.5L19 8.5 15.5 5 5 15.5zM13 7.5l3.5 3.5',
  drive: 'M3.5 14h17v5.5h-17zM3.5 14l3-9h11l3 9M16.8 16.8h.01M13.8 16.8h.01',
  clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2',
  pulse: 'M3 12h4l2.5-7 5 14L17 12h4',
  external: 'M14 4.5h5.5V10M19.5 4.5 11 13M17 14v5.5H4.5V7H10',
} as const;

export type IconName = keyof typeof paths;

/** In the size of the text beside it times 1.4, in its colour. */
export function Icon({
  name,
  className,
}: {
  readonly name: IconName;
  readonly className?: string | undefined;
}) {
  return (
    <svg
      className={className}
      width="1.25rem"
      height="1.25rem"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.6 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
