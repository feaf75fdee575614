import type { DescribedCall } from '../api/describe-call.ts';
import { Button } from './button.tsx';
import { CopyCall } from './copy-call.tsx';
import { ProblemNotice } from './problem.tsx';

type Props = {
  readonly submitLabel: string;
  readonly isBusy: boolean;
  /** The failure of the change. */
  readonly error: unknown;
  readonly onCancel: () => void;
  /** Returns the call that the form sends now. */
  readonly getCall: () => DescribedCall;
};

/** The failure and the buttons of a form. */
export const FormFooter = ({ submitLabel, isBusy, error, onCancel, getCall }: Props) => (
  <>
    {error ? <ProblemNotice error={error} /> : null}
    <div className="flex flex-wrap gap-2">
      <Button type="submit" look="primary" isBusy={isBusy}>
        {submitLabel}
      </Button>
      <Button onClick={onCancel}>Cancel</Button>
      <CopyCall getCall={getCall} />
    </div>
  </>
);
