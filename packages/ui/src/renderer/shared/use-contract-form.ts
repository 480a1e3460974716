// A form as every page has it: judged by the contract's own schemas before anything is sent, and the first wrong field in focus.

import { findMisfit, type Schema } from '@masala/protocol/control-schemas';
import type { SubmitEvent } from 'react';
import {
  type DefaultValues,
  type FieldPath,
  type FieldValues,
  get,
  type Resolver,
  set,
  type UseFormReturn,
  useForm,
} from 'react-hook-form';
import { texts } from './texts.ts';

/** What is wrong, in words, by field; a field that fits has none. */
export type Problems<Fields extends FieldValues> = {
  readonly [Name in FieldPath<Fields>]?: string | undefined;
};

export interface ContractFormOptions<Fields extends FieldValues> {
  /** What the fields begin with. Where it changes later, the fields that nobody has touched follow. */
  readonly values: Fields;
  /** Best made of `schemaProblem`. Asked at the submit, and from then on with every change. */
  readonly judge: (fields: Fields) => Problems<Fields>;
  /** Called only with fields that the judge lets through. What the server finds wrong with them is told by `refuse`. */
  readonly onSubmit: (fields: Fields, refuse: (problems: Problems<Fields>) => void) => void | Promise<void>;
  /** After a submit that the judge did not let through. */
  readonly onRefused?: () => void;
  /** Judges from the first key on, for fields that hold good values already. */
  readonly eager?: boolean;
}

/** Of a `<form>`. */
export interface FormProps {
  readonly noValidate: true;
  /** Without an event: sent by something else than the form. */
  readonly onSubmit: (event?: SubmitEvent) => void;
}

export interface ContractForm<Fields extends FieldValues> {
  /** For what is not here. */
  readonly hook: UseFormReturn<Fields>;
  /** `<form {...form.props}>` */
  readonly props: FormProps;
  /** Of a control: `<Input {...form.field('folder')} />`. */
  readonly field: UseFormReturn<Fields>['register'];
  /** Of its Field: `error={form.problem('folder')}`. */
  readonly problem: (name: FieldPath<Fields>) => string | undefined;
}

/** A form: its fields, its judge, and what they are sent to. */
export function useContractForm<Fields extends FieldValues>({
  values,
  judge,
  onSubmit,
  onRefused,
  eager = false,
}: ContractFormOptions<Fields>): ContractForm<Fields> {
  const hook = useForm<Fields>({
    defaultValues: values as DefaultValues<Fields>,
    values,
    resetOptions: { keepDirtyValues: true },
    resolver: resolverOf(judge),
    mode: eager ? 'onChange' : 'onSubmit',
  });
  const refuse = (problems: Problems<Fields>) => {
    for (const [index, [name, message]] of named(problems).entries())
      hook.setError(name, { type: 'refused', message }, { shouldFocus: index === 0 });
  };
  const submit = hook.handleSubmit((fields) => onSubmit(fields, refuse), onRefused);
  return {
    hook,
    props: {
      noValidate: true,
      onSubmit: (event) => {
        // A form in a dialog stands, for React, inside the form of the page behind it.
        event?.stopPropagation();
        event?.preventDefault();
        // One press sends once.
        if (!hook.formState.isSubmitting) void submit(event);
      },
    },
    field: hook.register,
    problem: (name) =>
      (get(hook.formState.errors, name) as { readonly message?: string } | undefined)?.message,
  };
}

/** The judge as react-hook-form asks it. */
export function resolverOf<Fields extends FieldValues>(
  judge: ContractFormOptions<Fields>['judge'],
): Resolver<Fields> {
  return (fields) => {
    const problems = named(judge(fields));
    if (problems.length === 0) return { values: fields, errors: {} };
    const errors = {};
    for (const [name, message] of problems) set(errors, name, { type: 'unfitting', message });
    return { values: {}, errors };
  };
}

function named<Fields extends FieldValues>(problems: Problems<Fields>): [FieldPath<Fields>, string][] {
  const entries = Object.entries(problems) as [FieldPath<Fields>, string | undefined][];
  return entries.flatMap(([name, message]) => (message === undefined ? [] : [[name, message]]));
}

/** A form's own words. */
export interface ProblemWords {
  /** For a field that nothing was written into. */
  readonly missing?: string;
}

/**
 * What is wrong with a value, by its schema in the contract, such as
 * `supervisorControl.methods['backup.checkFolder'].params.properties.folder`; undefined where it fits.
 */
export function schemaProblem(schema: Schema, value: unknown, words: ProblemWords = {}): string | undefined {
  const { forms } = texts;
  const code = findMisfit(schema, value)?.code;
  if (code === undefined) return undefined;
  // A field that nothing was written into is empty, whatever should stand there.
  if (value === undefined || value === '') return words.missing ?? forms.missing;
  if (code === 'choice') return forms.choice;
  return code === 'too-long' ? forms.tooLong(schema.maxLength ?? 0) : forms.unfitting;
}
