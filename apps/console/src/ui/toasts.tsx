import { Toast } from '@base-ui/react/toast';
import type { ReactNode } from 'react';
import { CloseIcon } from './icons.tsx';
import { Prose, RequestId, toTexts } from './problem.tsx';
import { buttonStyles } from './styles.ts';

type Data = { readonly fix: string; readonly requestId: string | undefined };

const manager = Toast.createToastManager<Data>();

/** Says that a change was made, for a few seconds; with an action until the user closes it. */
export const showDone = (title: string, action?: { readonly label: string; readonly onClick: () => void }): void => {
  const id = manager.add({
    title,
    ...(action && {
      timeout: 0,
      actionProps: {
        children: action.label,
        onClick: () => {
          action.onClick();
          manager.close(id);
        },
      },
    }),
  });
};

/** Shows a failure until the user closes it. */
export const showProblem = (error: unknown): void => {
  const { title, detail, fix, requestId } = toTexts(error);
  manager.add({ title, description: detail, type: 'problem', timeout: 0, data: { fix, requestId } });
};

const ToastList = () => {
  const { toasts } = Toast.useToastManager<Data>();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="rounded-lg border border-line bg-raised p-3 shadow-float transition-opacity duration-200 data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      <Toast.Content className={`flex gap-3 ${toast.type === 'problem' ? 'items-start' : 'items-center'}`}>
        <div className="grid min-w-0 flex-1 gap-1">
          {/* No heading: a message does not belong to the outline of the page. */}
          <Toast.Title render={<p />} className={`font-medium ${toast.type === 'problem' ? 'text-danger-text' : ''}`} />
          <Toast.Description className="text-muted" />
          {toast.data?.fix !== undefined && (
            <p>
              <Prose text={toast.data.fix} />
            </p>
          )}
          {toast.data?.requestId !== undefined && <RequestId value={toast.data.requestId} />}
        </div>
        {toast.actionProps && <Toast.Action className={buttonStyles.secondary} />}
        <Toast.Close aria-hidden={false} aria-label="Close" className={`${buttonStyles.ghost} size-7 p-0`}>
          <CloseIcon />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
};

/** Shows the messages of `showDone` and `showProblem` above its children. F6 moves the focus to them. */
export const Toasts = ({ children }: { readonly children: ReactNode }) => (
  <Toast.Provider toastManager={manager} limit={3} timeout={6000}>
    {children}
    <Toast.Portal>
      <Toast.Viewport className="fixed inset-x-4 bottom-4 z-10 grid gap-2 sm:left-auto sm:w-96">
        <ToastList />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
);
