import { Menu as BaseMenu } from '@base-ui/react/menu';
import { type ReactNode, useContext } from 'react';
import { DialogContext } from './dialog.tsx';
import { CheckIcon, ChevronIcon } from './icons.tsx';
import { type ButtonLook, buttonStyles } from './styles.ts';

const itemStyle =
  'flex min-h-8 w-full cursor-pointer items-center gap-2 rounded-md px-2.5 py-1 text-start outline-none data-highlighted:bg-hover';

type MenuProps = {
  /** For screen readers, where the content of the button does not say enough. */
  readonly label?: string;
  readonly button: ReactNode;
  readonly look?: ButtonLook;
  readonly isIcon?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
};

/** A button that opens a list of commands. */
export const Menu = ({ label, button, look = 'secondary', isIcon = false, className = '', children }: MenuProps) => {
  const dialog = useContext(DialogContext);
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger
        {...(label !== undefined && { 'aria-label': label })}
        className={`${buttonStyles[look]} ${isIcon ? 'w-8 px-0' : ''} min-w-0 ${className}`}
      >
        {button}
        {!isIcon && <ChevronIcon />}
      </BaseMenu.Trigger>
      <BaseMenu.Portal container={dialog}>
        <BaseMenu.Positioner positionMethod="fixed" sideOffset={4} align="start" className="z-10 outline-none">
          <BaseMenu.Popup className="max-w-[calc(100vw-2rem)] min-w-44 rounded-lg border border-line bg-raised p-1 text-sm shadow-float outline-none">
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
};

type ItemProps = { readonly onClick: () => void; readonly children: ReactNode };

export const MenuItem = ({ onClick, children }: ItemProps) => (
  <BaseMenu.Item className={itemStyle} onClick={onClick}>
    {children}
  </BaseMenu.Item>
);

type GroupProps = { readonly label: string; readonly children: ReactNode };

export const MenuGroup = ({ label, children }: GroupProps) => (
  <BaseMenu.Group>
    <BaseMenu.GroupLabel className="px-2.5 pt-2 pb-1 text-xs text-muted">{label}</BaseMenu.GroupLabel>
    {children}
  </BaseMenu.Group>
);

type ChoiceProps<T extends string> = {
  readonly value: T;
  readonly options: readonly (readonly [value: T, content: ReactNode])[];
  readonly onChange: (value: T) => void;
};

/** The options of a menu in which one is chosen. */
export const MenuChoice = <T extends string>({ value, options, onChange }: ChoiceProps<T>) => (
  <BaseMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
    {options.map(([option, content]) => (
      <BaseMenu.RadioItem
        key={option}
        value={option}
        closeOnClick
        className={`${itemStyle} data-checked:text-accent-text`}
      >
        {content}
        {/* Its room is kept, so that the menu has one width. */}
        <BaseMenu.RadioItemIndicator keepMounted className="ms-auto ps-2 data-unchecked:invisible">
          <CheckIcon />
        </BaseMenu.RadioItemIndicator>
      </BaseMenu.RadioItem>
    ))}
  </BaseMenu.RadioGroup>
);
