import type { DeadMessage } from '@plinth/contract-kit';
import { dropDeadMessage, retryDeadMessage } from '@plinth/service-actions/operations';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { showDone } from '../ui/toasts.tsx';

type Props = { readonly message: DeadMessage };

const useEnd = ({ message: { module, name } }: Props) => {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const onDone = (text: string): void => {
    showDone(text);
    void navigate({ to: '/jobs/$module/$name', params: { module, name }, replace: true });
  };
  return { isOpen, open: () => setOpen(true), onClose: () => setOpen(false), onDone };
};

export const Retry = ({ message }: Props) => {
  const { can } = useSession();
  const { isOpen, open, onClose, onDone } = useEnd({ message });
  const { module, id } = message;
  if (!can(retryDeadMessage)) return null;
  return (
    <>
      <Button look="primary" onClick={open}>
        Retry
      </Button>
      {isOpen && (
        <Confirm
          title="Retry this message?"
          action={retryDeadMessage}
          input={{ module, id }}
          label="Retry"
          look="primary"
          onDone={() => onDone('The message waits for its next attempt.')}
          onClose={onClose}
        >
          It gets all its attempts again. Retry it when the cause of its failures is removed: otherwise it will be dead
          again. Its effect takes place once.
        </Confirm>
      )}
    </>
  );
};

export const Drop = ({ message }: Props) => {
  const { can } = useSession();
  const { isOpen, open, onClose, onDone } = useEnd({ message });
  const { module, id } = message;
  if (!can(dropDeadMessage)) return null;
  return (
    <>
      <Button look="quietDanger" onClick={open}>
        Drop
      </Button>
      {isOpen && (
        <Confirm
          title="Drop this message?"
          action={dropDeadMessage}
          input={{ module, id }}
          label="Drop"
          onDone={() => onDone('The message was dropped.')}
          onClose={onClose}
        >
          It ends without its effect, for good. You cannot retry it later.
        </Confirm>
      )}
    </>
  );
};
