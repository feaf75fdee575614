import { zodResolver } from '@hookform/resolvers/zod';
import { toFieldMessage } from '@plinth/contract-kit';
import { ProblemError } from '@plinth/service-actions';
import { type ReactNode, useEffect } from 'react';
import {
  type DefaultValues,
  type FieldError,
  type FieldValues,
  get,
  type Path,
  type UseFormReturn,
  useForm,
} from 'react-hook-form';
import type { z } from 'zod';
import type { DescribedCall } from '../api/describe-call.ts';
import { toLabel } from './badge.tsx';
import { Field } from './field.tsx';
import { toFormFields } from './form-fields.ts';
import { FormFooter } from './form-footer.tsx';

type Props<V extends FieldValues> = {
  readonly schema: z.ZodObject & z.ZodType<V, V>;
  readonly defaultValues: DefaultValues<NoInfer<V>>;
  /** Fields whose description in the API helps no user of a form. */
  readonly withoutHint?: readonly string[] | undefined;
  readonly problemFields?: ProblemFields<V>;
  readonly submitLabel: string;
  readonly isBusy: boolean;
  /** The failure of the change. */
  readonly error: unknown;
  readonly onSubmit: (values: V) => void;
  readonly onCancel: () => void;
  /** Returns the call that the form sends with these values. */
  readonly toCall: (values: V) => DescribedCall;
  /** Fields that no DTO describes well enough, below the others. */
  readonly children?: ((form: UseFormReturn<V>) => ReactNode) | undefined;
};

const toSentence = (name: string, message = 'is not valid'): string =>
  `${toLabel(name)} ${message}.`.replace(/\.+$/, '.');

/** The fields that problems are about, by the codes of the problems. */
export type ProblemFields<V extends FieldValues> = Readonly<Record<string, Path<V>>>;

/** The title of a problem is a sentence; the message of an invalid field begins with the name of the field. */
const isSentence = ({ type }: FieldError): boolean => type === 'problem';

/** Shows the invalid fields of a response at their controls, and problems at those that they are about. */
export const useFieldErrors = <V extends FieldValues>(
  form: UseFormReturn<V>,
  error: unknown,
  problemFields?: ProblemFields<V>,
): void => {
  useEffect(() => {
    if (!(error instanceof ProblemError)) return;
    const { problem } = error;
    const field = problemFields?.[problem.code];
    if (field !== undefined) form.setError(field, { type: 'problem', message: problem.title }, { shouldFocus: true });
    if (!('errors' in problem)) return;
    for (const { location, pointer, message } of problem.errors ?? []) {
      if (location === 'body') form.setError(pointer.slice(1).replaceAll('/', '.') as Path<V>, { message });
    }
  }, [form, error, problemFields]);
};

type SchemaFieldsProps<V extends FieldValues> = {
  readonly form: UseFormReturn<V>;
  readonly schema: z.ZodObject;
  /** The path of the object in the form, if it is nested. */
  readonly path?: string;
  readonly withoutHint?: readonly string[] | undefined;
};

/** The fields of a DTO. */
export const SchemaFields = <V extends FieldValues>(props: SchemaFieldsProps<V>) => {
  const { form, schema, path = '', withoutHint = [] } = props;
  return toFormFields(schema).map((field) => {
    const name = (path && `${path}.`) + field.name;
    const failure = get(form.formState.errors, name) as FieldError | undefined;
    const message = failure && (isSentence(failure) ? failure.message : toSentence(field.name, failure.message));
    const registration = form.register(name as Path<V>, {
      // An empty control is a field that is not sent.
      setValueAs: (value: unknown) => (value === '' ? undefined : field.control === 'number' ? Number(value) : value),
    });
    const shown = withoutHint.includes(field.name) ? { ...field, hint: undefined } : field;
    return <Field key={name} field={shown} registration={registration} error={message} />;
  });
};

/** A form with the fields of a DTO, and its rules. */
export const ResourceForm = <V extends FieldValues>(props: Props<V>) => {
  const { schema, defaultValues, withoutHint, submitLabel, isBusy, error, onSubmit, onCancel, toCall, children } =
    props;
  const form = useForm<V>({
    defaultValues,
    resolver: zodResolver(schema, { error: toFieldMessage }) as never,
  });
  useFieldErrors(form, error, props.problemFields);
  return (
    <form
      noValidate
      className="grid max-w-lg gap-4"
      // React Hook Form moves the focus to the first invalid field.
      onSubmit={(event) => void form.handleSubmit((values) => onSubmit(values as V))(event)}
    >
      <SchemaFields form={form} schema={schema} withoutHint={withoutHint} />
      {children?.(form)}
      <FormFooter
        submitLabel={submitLabel}
        isBusy={isBusy}
        error={error}
        onCancel={onCancel}
        getCall={() => toCall(form.getValues() as V)}
      />
    </form>
  );
};
