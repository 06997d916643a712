import { useEffect, useState, type RefObject } from 'react';

/** How far below the screen counts as near, in CSS pixels. */
const near = 100;

/** Whether an element has been on the screen, or close to it. It stays true. */
export function useWasNear(element: RefObject<Element | null>): boolean {
  const [wasNear, setWasNear] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (wasNear || !target) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setWasNear(true);
      },
      { rootMargin: `${near}px` },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, wasNear]);
  return wasNear;
}
