'use client';
import { useSyncExternalStore } from 'react';

/** As the styles decide it. */
const touch = '(max-width: 700px), (pointer: coarse)';

/** Whether the page is pressed with a thumb: then rows are as high as one. */
export function useTouch(): boolean {
  return useSyncExternalStore(
    (tell) => {
      const media = matchMedia(touch);
      media.addEventListener('change', tell);
      return () => media.removeEventListener('change', tell);
    },
    () => matchMedia(touch).matches,
    () => false,
  );
}
