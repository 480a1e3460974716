// Where a server may listen, by the look of it: whether this PC has the address shows at the start. A pattern, since the
// dashboard's page has no node:net.

const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = `(?:${byte}\\.){3}${byte}`;

const group = '[0-9A-Fa-f]{1,4}';
/** Eight groups, or fewer with one `::` at the end, at the beginning or within; the latter by the groups before it. */
const ipv6 = [
  `(?:${group}:){7}${group}`,
  `(?:${group}:){1,7}:`,
  `:(?:(?::${group}){1,7}|:)`,
  ...[1, 2, 3, 4, 5, 6].map((before) => `(?:${group}:){1,${before}}(?::${group}){1,${7 - before}}`),
  `::(?:[Ff]{4}:)?${ipv4}`,
].join('|');
/** `%eth0` says which network card a link-local address is meant on. */
const zone = '(?:%[\\w.-]+)?';

const label = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
/** The last part is no number: what looks like an address is to be one. */
const name = `(?!(?:.*\\.)?\\d+$)${label}(?:\\.${label})*`;

/** An IPv4 or IPv6 address, or a host name. */
export const hostPattern = new RegExp(`^(?:${ipv4}|(?:${ipv6})${zone}|${name})$`);
