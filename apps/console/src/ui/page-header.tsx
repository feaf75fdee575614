import { type ReactNode, useEffect } from 'react';

type Props = {
  readonly title: string;
  /** Shown beside the title, such as a status. */
  readonly mark?: ReactNode;
  /** Shown above the title, such as a link to the list. */
  readonly above?: ReactNode;
  /** Buttons. */
  readonly children?: ReactNode;
};

/** The title of a screen, which is that of the window too, and its buttons. */
export const PageHeader = ({ title, mark, above, children }: Props) => {
  useEffect(() => {
    document.title = `${title} · Plinth`;
  }, [title]);
  return (
    <header className="mb-5 flex flex-wrap items-end justify-between gap-x-4 gap-y-3">
      <div className="min-w-0">
        {above && <div className="mb-1 text-xs text-muted">{above}</div>}
        <div className="flex min-w-0 flex-wrap items-center gap-2.5">
          <h1 className="min-w-0 text-xl font-semibold break-words">{title}</h1>
          {mark}
        </div>
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </header>
  );
};
