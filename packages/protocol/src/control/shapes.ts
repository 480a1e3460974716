// The small schemas that every part of the control contract is made of.

export const integer = { type: 'integer' } as const;
export const text = { type: 'string', maxLength: 4_096 } as const;
export const nothing = { type: 'object', properties: {} } as const;
export const integerOrNull = { anyOf: [integer, { type: 'null' }] } as const;
export const textOrNull = { anyOf: [text, { type: 'null' }] } as const;

/** How far a database reaches. */
export const databaseEnd = {
  type: 'object',
  required: ['epoch', 'lastSequence'],
  properties: { epoch: text, lastSequence: integer },
} as const;
