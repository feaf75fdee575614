import type { DeadMessage } from '@plinth/contract-kit';
import { dropDeadMessage, retryDeadMessage } from '@plinth/service-actions/operations';
import { useNavigate } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { ConfirmButton } from '../ui/confirm.tsx';
import { showDone } from '../ui/toasts.tsx';

type Props = { readonly message: DeadMessage };

/** Returns the function that shows what was done with a message, and leaves its page. */
const useLeave = ({ module, name }: DeadMessage) => {
  const navigate = useNavigate();
  return (text: string): void => {
    showDone(text);
    void navigate({ to: '/jobs/$module/$name', params: { module, name }, replace: true });
  };
};

export const Retry = ({ message }: Props) => {
  const { can } = useSession();
  const leave = useLeave(message);
  const { module, id } = message;
  if (!can(retryDeadMessage)) return null;
  return (
    <ConfirmButton
      title="Retry this message?"
      action={retryDeadMessage}
      input={{ module, id }}
      label="Retry"
      look="primary"
      buttonLook="primary"
      onDone={() => leave('The message waits for its next attempt.')}
    >
      It gets all its attempts again. Retry it when the cause of its failures is removed: otherwise it will be dead
      again. Its effect takes place once.
    </ConfirmButton>
  );
};

export const Drop = ({ message }: Props) => {
  const { can } = useSession();
  const leave = useLeave(message);
  const { module, id } = message;
  if (!can(dropDeadMessage)) return null;
  return (
    <ConfirmButton
      title="Drop this message?"
      action={dropDeadMessage}
      input={{ module, id }}
      label="Drop"
      buttonLook="quietDanger"
      onDone={() => leave('The message was dropped.')}
    >
      It ends without its effect, for good. You cannot retry it later.
    </ConfirmButton>
  );
};
