import { useState } from 'react';
import { CheckIcon, CopyIcon } from './icons.tsx';

const shownMs = 1500;

/** Copies a text. A clipboard exists on pages with https and on this machine only. */
export const useCopy = () => {
  const [isCopied, setCopied] = useState(false);
  const copy = async (text: string): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), shownMs);
  };
  return { isCopied, copy };
};

type Props = { readonly text: string; readonly label: string };

export const CopyButton = ({ text, label }: Props) => {
  const { isCopied, copy } = useCopy();
  return (
    <button
      type="button"
      aria-label={isCopied ? 'Copied' : label}
      title={label}
      onClick={() => void copy(text)}
      className="inline-flex size-6 shrink-0 items-center justify-center rounded text-muted hover:bg-hover hover:text-text"
    >
      {isCopied ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
};
