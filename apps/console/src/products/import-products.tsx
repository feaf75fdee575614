import { importProducts } from '@plinth/service-actions/orders';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { CopyCall } from '../ui/copy-call.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemNotice } from '../ui/problem.tsx';
import { cardStyle, linkStyle } from '../ui/styles.ts';

/** Systems know the type of few files, and some call CSV a spreadsheet. */
const withType = (file: File): File =>
  new File([file], file.name, { type: /\.csv$/i.test(file.name) ? 'text/csv' : 'application/x-ndjson' });

const example = 'sku,name,description,price.amount,price.currency,stock\nTEA-1,Green tea,,1250,EUR,40';

const Help = () => (
  <div className="grid gap-2 text-muted">
    <p>
      CSV with a first line that names the columns, or NDJSON. At most 100,000 lines and 10 MiB. Amounts are in the
      smallest unit of their currency.
    </p>
    <pre className="overflow-x-auto rounded-md bg-plain-soft p-3 text-xs text-text" tabIndex={0} aria-label="Example">
      {example}
    </pre>
    <p>Each line creates a product. A line that is not valid, or whose SKU is taken, is reported.</p>
  </div>
);

const FileField = ({ onChange }: { readonly onChange: (file: File | undefined) => void }) => (
  <label className="grid gap-1.5 font-medium">
    File
    <input
      type="file"
      accept=".csv,.ndjson,.jsonl,text/csv,application/x-ndjson"
      required
      className="w-full min-w-0 font-normal file:me-3 file:h-8 file:rounded-md file:border file:border-line file:bg-surface file:px-3 file:text-sm file:font-medium file:text-text"
      onChange={(event) => onChange(event.target.files?.[0])}
    />
  </label>
);

export const ImportProducts = () => {
  const { api } = useSession();
  const navigate = useNavigate();
  const [file, setFile] = useState<File>();
  const { mutate, isPending, error } = useMutation({
    ...mutationOptions(importProducts, api),
    meta: { isHandled: true },
    onSuccess: ({ id }) => void navigate({ to: '/operations/$id', params: { id } }),
  });
  const body = withType(file ?? new File([], 'products.csv'));
  return (
    <>
      <PageHeader
        title="Import products"
        above={
          <Link to="/products" className={linkStyle}>
            Products
          </Link>
        }
      >
        <CopyCall getCall={() => ({ action: importProducts, input: { body } })} />
      </PageHeader>
      <form
        className={`${cardStyle} grid max-w-2xl gap-4 p-4`}
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ body });
        }}
      >
        <Help />
        <FileField onChange={setFile} />
        {error ? <ProblemNotice error={error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => void navigate({ to: '/products' })}>Cancel</Button>
          <Button look="primary" type="submit" isBusy={isPending} disabled={!file}>
            Import
          </Button>
        </div>
      </form>
    </>
  );
};
