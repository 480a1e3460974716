// Pieces of Markdown: tables, and text that is replaced between two marks.

/** A table; a `|` within a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** 30000 as `30 s`; what is no whole number of seconds stays in milliseconds. */
export function duration(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms >= 1_000 && ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}

function beginOf(section: string): string {
  return `<!-- generated: ${section} (npm run docs) -->`;
}

function endOf(section: string): string {
  return `<!-- end of ${section} -->`;
}

/** The text with one section replaced. Throws where its marks are missing, doubled or in the wrong order. */
export function replaceSection(text: string, section: string, content: string): string {
  const begin = beginOf(section);
  const end = endOf(section);
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  const once = (mark: string) => text.indexOf(mark) === text.lastIndexOf(mark);
  if (from < 0 || to < from || !once(begin) || !once(end)) {
    throw new Error(`the marks "${begin}" and "${end}" must stand there once, in this order`);
  }
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
