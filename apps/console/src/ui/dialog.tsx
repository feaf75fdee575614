import { createContext, type ReactNode, type RefObject, useEffect, useId, useRef } from 'react';

type Props = {
  readonly title: string;
  readonly isWide?: boolean;
  /** Called when the user closes it, by a button or with Escape. */
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** The dialog around a component. Menus open inside of it, because the browser lays it above the rest of the page. */
export const DialogContext = createContext<RefObject<HTMLDialogElement | null> | undefined>(undefined);

/** A modal dialog of the browser: it keeps the focus inside, and returns it when it is removed. */
export const Dialog = ({ title, isWide = false, onClose, children }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={`m-auto ${isWide ? 'w-[min(40rem,calc(100vw-2rem))]' : 'w-[min(28rem,calc(100vw-2rem))]'} rounded-xl border border-line bg-raised p-5 text-text shadow-float`}
    >
      <h2 id={titleId} className="mb-3 text-base font-semibold">
        {title}
      </h2>
      <DialogContext value={dialog}>{children}</DialogContext>
    </dialog>
  );
};
