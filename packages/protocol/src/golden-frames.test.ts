// The recorded frames of every released version are read as what they meant when they were recorded.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Check } from 'typebox/value';
import { events, type MethodName, methods } from './contract/index.ts';
import { isErrorCode } from './errors.ts';
import { fromJson, meaningOf } from './testing/golden-meaning.ts';
import { errorFrame, eventFrame, type Message, requestFrame, resultFrame } from './wire/envelope.ts';

interface Recorded {
  readonly version: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly value: unknown;
}

const folder = join(import.meta.dirname, '..', 'golden');
const recorded: Recorded[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: version }) =>
    readdirSync(join(folder, version)).map((file) => {
      const { hex, value } = JSON.parse(readFileSync(join(folder, version, file), 'utf8'));
      return { version, name: file.replace('.json', ''), bytes: Buffer.from(hex, 'hex'), value };
    }),
  );
const messages = recorded.filter(({ name }) => name !== 'query' && name !== 'beacon');
/** Which method a recorded result answers: a response does not name it. */
const resultsOf: Readonly<Record<string, MethodName>> = {
  'hello-result': 'session.hello',
  'pair-result': 'session.pair',
  'authenticate-result': 'session.authenticate',
  'receipts-create-result': 'receipts.create',
  'stock-on-hand-result': 'stock.onHand',
};

test('every kind of message is there', () => {
  const names = recorded.filter(({ version }) => version === 'v1').map(({ name }) => name);
  for (const name of Object.keys(resultsOf)) expect(names).toContain(name);
  for (const name of ['hello-request', 'error-of-the-connection', 'event-stock-changed', 'query', 'beacon']) {
    expect(names).toContain(name);
  }
});

test.each(recorded)('$version $name is read as it was meant', ({ name, bytes, value }) => {
  expect(value).toBeDefined();
  expect(meaningOf(name, bytes)).toEqual(value);
});

test.each(messages)('$version $name: written by this version it still means the same', ({ name, value }) => {
  expect(meaningOf(name, written(fromJson(value) as Message))).toEqual(value);
});

test.each(messages)('$version $name still fits the contract', ({ name, value }) => {
  const message = fromJson(value) as Message;
  switch (message.type) {
    case 'request':
      expect(Check(methods[message.method as MethodName].input, message.params)).toBe(true);
      break;
    case 'event':
      expect(Check(events[message.event as keyof typeof events].params, message.params)).toBe(true);
      break;
    case 'response':
      if (message.error !== null) expect(isErrorCode(message.error.code)).toBe(true);
      else expect(Check(methods[resultsOf[name] as MethodName].output, message.result)).toBe(true);
  }
});

function written(message: Message): Buffer {
  switch (message.type) {
    case 'request':
      return requestFrame(message.id, message.method, message.params);
    case 'event':
      return eventFrame(message.event, message.params);
    case 'response':
      return message.error === null
        ? resultFrame(message.id, message.result)
        : errorFrame(message.id, message.error);
  }
}
