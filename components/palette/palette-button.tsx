'use client';
import { runKeyCommand } from '@/components/ui/commands';
import { Icon } from '@/components/ui/icons';
import { Key } from '@/components/ui/key';
import { keyCommands } from '@/components/ui/key-commands';
import { ariaKeys } from '@/components/ui/keyboard';

/** Opens the palette, for everybody who does not know its key, or has none. */
export function PaletteButton() {
  return (
    <button
      className="find palette-btn"
      type="button"
      aria-haspopup="dialog"
      aria-keyshortcuts={ariaKeys(keyCommands.palette.keys[0])}
      onClick={() => runKeyCommand('palette')}
    >
      <Icon name="search" />
      <span className="palette-word">Search or act</span>
      <Key of="palette" />
    </button>
  );
}
