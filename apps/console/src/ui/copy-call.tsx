import { apiUrl } from '../api/api-url.ts';
import { type DescribedCall, toCurl, toTypeScript } from '../api/describe-call.ts';
import { useCopy } from './copy-button.tsx';
import { CheckIcon, CodeIcon } from './icons.tsx';
import { Menu, MenuItem } from './menu.tsx';

type Props = {
  /** Returns the call behind the screen, as it would be made now. */
  readonly getCall: () => DescribedCall;
};

/** Copies the call behind a screen, for a terminal or for a program. */
export const CopyCall = ({ getCall }: Props) => {
  const { isCopied, copy } = useCopy();
  return (
    <Menu
      look="ghost"
      className="max-sm:order-last"
      button={
        <>
          {isCopied ? <CheckIcon /> : <CodeIcon />}
          <span aria-live="polite">{isCopied ? 'Copied' : 'Copy call'}</span>
        </>
      }
    >
      <MenuItem onClick={() => void copy(toCurl(getCall(), { apiUrl, key: crypto.randomUUID() }))}>
        Copy as curl
      </MenuItem>
      <MenuItem onClick={() => void copy(toTypeScript(getCall(), apiUrl))}>Copy as TypeScript</MenuItem>
    </Menu>
  );
};
