import { type ChangedField, isRedacted } from './changes.ts';

const redactedLabels: Readonly<Record<string, string>> = { '[pii]': 'Personal data', '[secret]': 'Secret' };

const Value = ({ text }: { readonly text: string | undefined }) => {
  if (text === undefined) return <span className="text-muted">none</span>;
  if (!isRedacted(text)) return <span className="break-words">{text}</span>;
  return (
    <span className="rounded border border-dashed border-control px-1.5 text-xs whitespace-nowrap text-muted">
      {redactedLabels[text]}
    </span>
  );
};

/** The values of fields before and after a change. Redacted values are marked. */
export const ChangedFields = ({ fields }: { readonly fields: readonly ChangedField[] }) => (
  <dl className="@container grid gap-1.5">
    {fields.map(({ path, before, after }) => (
      <div key={path} className="grid gap-x-4 @md:grid-cols-[12rem_1fr]">
        <dt className="min-w-0 font-mono text-xs leading-5 break-words text-muted">{path}</dt>
        <dd className="flex min-w-0 flex-wrap items-center gap-x-2">
          {isRedacted(after) && before === after ? (
            <Value text={after} />
          ) : (
            <>
              <span className="sr-only">before: </span>
              <Value text={before} />
              <span aria-hidden="true" className="text-muted">
                →
              </span>
              <span className="sr-only">after: </span>
              <Value text={after} />
            </>
          )}
        </dd>
      </div>
    ))}
  </dl>
);
