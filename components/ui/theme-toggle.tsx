'use client';
import { Icon } from './icons';

/** Switches between light and dark. The choice is a cookie, so the server renders it; unset follows the system. */
export function switchTheme(): void {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const next = dark ? 'light' : 'dark';
  root.dataset.theme = next;
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
}

export function ThemeToggle({ label = false }: { readonly label?: boolean }) {
  return (
    <button
      className={label ? 'nav' : 'btn btn-ghost btn-icon'}
      type="button"
      aria-label={label ? undefined : 'Switch light and dark'}
      title={label ? undefined : 'Switch light and dark'}
      onClick={switchTheme}
    >
      <Icon name="theme" />
      {label ? 'Light or dark' : null}
    </button>
  );
}
