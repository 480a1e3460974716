// Sentences of the server's tables: what they have between backticks is a command to type.

import { Fragment } from 'react';

export function ToldText({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) => {
    const key = `${index} ${part}`;
    // Every other part stands between two backticks.
    return index % 2 === 1 ? <code key={key}>{part}</code> : <Fragment key={key}>{part}</Fragment>;
  });
}
