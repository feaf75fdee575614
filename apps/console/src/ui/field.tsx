import { type ReactNode, useId } from 'react';
import type { UseFormRegisterReturn } from 'react-hook-form';
import { toLabel } from './badge.tsx';
import type { FormField } from './form-fields.ts';
import { Select } from './select.tsx';
import { inputStyle } from './styles.ts';

type RowProps = {
  readonly label: string;
  readonly isRequired?: boolean | undefined;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** Renders the control with the attributes that connect it to its label, hint and error. */
  readonly children: (attributes: {
    readonly id: string;
    readonly 'aria-describedby': string;
    readonly 'aria-invalid': boolean;
    readonly 'aria-required': boolean;
  }) => ReactNode;
};

/** A control with its label, hint and error. */
export const FieldRow = ({ label, isRequired = false, hint, error, children }: RowProps) => {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
        {!isRequired && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      {children({
        id,
        'aria-describedby': noteId,
        'aria-invalid': error !== undefined,
        'aria-required': isRequired,
      })}
      {/* Its height is the same with an error as with a hint. */}
      <p id={noteId} className={`min-h-4 text-xs ${error === undefined ? 'text-muted' : 'text-danger-text'}`}>
        {error ?? hint}
      </p>
    </div>
  );
};

type FieldProps = {
  readonly field: FormField;
  readonly registration: UseFormRegisterReturn;
  readonly error: string | undefined;
};

const Control = ({ field, ...props }: { readonly field: FormField } & Readonly<Record<string, unknown>>) => {
  switch (field.control) {
    case 'select':
      return <Select options={field.options.map((option) => [option, toLabel(option)] as const)} {...props} />;
    case 'number':
      return <input type="number" inputMode="numeric" className={inputStyle} {...props} />;
    case 'textarea':
      return <textarea rows={4} className={`${inputStyle} h-auto py-1.5`} {...props} />;
    case 'text':
      return <input type={field.type} autoComplete="off" className={inputStyle} {...props} />;
  }
};

/** The control of a field of a DTO. */
export const Field = ({ field, registration, error }: FieldProps) => (
  <FieldRow label={toLabel(field.name)} isRequired={field.isRequired} hint={field.hint} error={error}>
    {(attributes) => <Control field={field} {...registration} {...attributes} />}
  </FieldRow>
);
