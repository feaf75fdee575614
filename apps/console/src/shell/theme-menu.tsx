import { toLabel } from '../ui/badge.tsx';
import { MoonIcon, ScreenIcon, SunIcon } from '../ui/icons.tsx';
import { Menu, MenuChoice } from '../ui/menu.tsx';
import { setTheme, themes, useTheme } from './theme.ts';

const icons = { system: ScreenIcon, light: SunIcon, dark: MoonIcon } as const;

export const ThemeMenu = () => {
  const theme = useTheme();
  const Icon = icons[theme];
  const options = themes.map((option) => {
    const OptionIcon = icons[option];
    return [
      option,
      <>
        <OptionIcon />
        {toLabel(option)}
      </>,
    ] as const;
  });
  return (
    <Menu isIcon look="ghost" label={`Theme: ${theme}`} button={<Icon />}>
      <MenuChoice value={theme} options={options} onChange={setTheme} />
    </Menu>
  );
};
