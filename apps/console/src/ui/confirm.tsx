import type { RouteSpec } from '@plinth/contract-kit';
import { type Action, type CallInput, type DataOf, ProblemError } from '@plinth/service-actions';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useSession } from '../session/session.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ProblemNotice } from './problem.tsx';
import type { ButtonLook } from './styles.ts';

type Question<R extends RouteSpec> = {
  readonly title: string;
  /** The consequences. */
  readonly children: ReactNode;
  /** The change, and its input. */
  readonly action: Action<R>;
  readonly input: CallInput<R>;
  /** The label of the button that sends the change: its verb. */
  readonly label: string;
  /** The label of the button that leaves everything as it is. */
  readonly dismiss?: string;
  readonly look?: 'primary' | 'danger';
  /** Called when the change has been made and the dialog is closed. */
  readonly onDone: (data: DataOf<R>) => void;
};

type Props<R extends RouteSpec> = Question<R> & { readonly onClose: () => void };

/** Asks before a change that has consequences beyond its page, sends it, and shows its failure. */
export const Confirm = <R extends RouteSpec>({
  title,
  children,
  action,
  input,
  label,
  dismiss = 'Cancel',
  look = 'danger',
  onDone,
  onClose,
}: Props<R>) => {
  const { api } = useSession();
  const { mutate, isPending, error } = useMutation({
    ...mutationOptions(action, api),
    meta: { isHandled: true },
    onSuccess: (data) => {
      onClose();
      onDone(data);
    },
  });
  // The status has changed meanwhile, so that a repetition would be refused too.
  const isOver = error instanceof ProblemError && error.problem.code === 'illegal-transition';
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="grid gap-4">
        <div className="text-muted">{children}</div>
        {error ? <ProblemNotice error={error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{isOver ? 'Close' : dismiss}</Button>
          {!isOver && (
            <Button look={look} isBusy={isPending} onClick={() => mutate(input)}>
              {label}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
};

type ConfirmButtonProps<R extends RouteSpec> = Question<R> & {
  /** The label of the button that asks. Default: `label`. */
  readonly button?: string;
  readonly buttonLook?: ButtonLook;
};

/** A button that asks before its change. */
export const ConfirmButton = <R extends RouteSpec>({
  button,
  buttonLook = 'secondary',
  ...question
}: ConfirmButtonProps<R>) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look={buttonLook} onClick={() => setOpen(true)}>
        {button ?? question.label}
      </Button>
      {isOpen && <Confirm {...question} onClose={() => setOpen(false)} />}
    </>
  );
};
