import { toLabel } from './badge.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { formatMoney, isMoney } from './money.ts';

type Values = Readonly<Record<string, unknown>>;

type Props = {
  /** The fields of the form, as they are stored. */
  readonly theirs: Values;
  /** The fields of the form, as they were sent. */
  readonly mine: Values;
  readonly isBusy: boolean;
  readonly onTakeTheirs: () => void;
  readonly onKeepMine: () => void;
  readonly onClose: () => void;
};

const toText = (value: unknown): string => {
  if (value === undefined || value === '') return '—';
  if (isMoney(value)) return formatMoney(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Compares JSON values whose fields are in the same order. */
export const isEqual = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Shows both versions of a resource that another user has changed meanwhile, and lets the user choose. */
export const Conflict = ({ theirs, mine, isBusy, onTakeTheirs, onKeepMine, onClose }: Props) => (
  <Dialog isWide title="This was changed meanwhile" onClose={onClose}>
    <div className="grid gap-4">
      <p className="text-muted">
        Another user has saved a version since you opened the form. Your changes are not saved yet.
      </p>
      <table className="w-full table-fixed border-collapse text-start">
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className="w-1/4 py-1 text-start font-medium">
              Field
            </th>
            <th scope="col" className="py-1 text-start font-medium">
              Theirs
            </th>
            <th scope="col" className="py-1 text-start font-medium">
              Mine
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.keys(theirs).map((name) => {
            const isDifferent = !isEqual(theirs[name], mine[name]);
            const cell = `py-1.5 pe-2 align-top break-words ${isDifferent ? 'font-medium' : 'text-muted'}`;
            return (
              <tr key={name} className="border-t border-line">
                <th scope="row" className="py-1.5 pe-2 text-start align-top font-normal text-muted">
                  {toLabel(name)}
                </th>
                <td className={cell}>{toText(theirs[name])}</td>
                <td className={cell}>{toText(mine[name])}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div className="flex flex-wrap justify-end gap-2">
        <Button look="ghost" onClick={onClose}>
          Continue editing
        </Button>
        <Button onClick={onTakeTheirs}>Take theirs</Button>
        <Button look="primary" isBusy={isBusy} onClick={onKeepMine}>
          Keep mine
        </Button>
      </div>
    </div>
  </Dialog>
);
